"""The link that opens a chat with a marked draft, for one source and one language.

https://faq.whatsapp.com/5913398998672934: a `wa.me` link has the international number in digits,
and the draft percent-encoded. The person sees the draft, may change it, and must send it.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from app.domain.business import Business
from app.domain.joining import JoinLink
from app.domain.marks import write_sentence
from app.domain.reply_texts import Replies
from app.domain.sources import OptInSource

# Without a number of the business there is nowhere to write to.
_HOST = "https://wa.me"


class NoNumberError(Exception):
    """No number of business.toml has a display_phone_number that a link could lead to."""


def make_join_link(
    source: OptInSource,
    *,
    business: Business,
    replies: Replies,
    language: str | None = None,
    campaign: Mapping[str, str] | None = None,
) -> JoinLink:
    """Return the link into a source for people who read this language.

    Raises:
        NoNumberError: business.toml names no number to write to.
    """
    wording = source.wording(language or business.language, business.language)
    style = replies.languages[replies.nearest(wording.language, business.language)]
    # Many languages share the word START; so the draft says which wording stood beside it.
    named = wording.language if wording.language != business.language else None
    sentence = write_sentence(source, style.words["START"], language=named, campaign=campaign)
    number = _number_of(source, business)
    return JoinLink(
        source=source,
        wording=wording,
        sentence=sentence,
        number=number,
        direction=style.direction,
        campaign=campaign or {},
        address=f"{_HOST}/{number}?text={quote(sentence, safe='')}",
    )


def choose_wording_language(source: OptInSource, wanted: Iterable[str], *, default: str) -> str:
    """Return the first wanted language that the source has words in, else its default."""
    for one in wanted:
        found = source.nearest_language(one)
        if found:
            return found
    return source.wording(default, default).language


def _number_of(source: OptInSource, business: Business) -> str:
    numbers = [
        "".join(filter(str.isdecimal, one.display_phone_number))
        for one in business.numbers
        if one.display_phone_number and source.number in {"", one.phone_number_id}
    ]
    if not numbers:
        raise NoNumberError(source.id)
    return numbers[0]
