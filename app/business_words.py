"""The words of a business: the names of its topics, its keywords, its payloads."""

from app.domain.business import Business, Category
from app.recognition import BusinessWords


def words_of(business: Business) -> BusinessWords:
    """Return what a business lays over the lexicon."""
    return BusinessWords(
        topics={
            topic.id: {
                language: (
                    *((topic.names[language],) if language in topic.names else ()),
                    *synonyms,
                )
                for language in {*topic.names, *topic.synonyms}
                for synonyms in [topic.synonyms.get(language, ())]
            }
            for topic in business.topics
        },
        utility=frozenset(
            topic.id for topic in business.topics if topic.category is not Category.MARKETING
        ),
        keywords=business.words,
        payloads=business.payloads,
    )
