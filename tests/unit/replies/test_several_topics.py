"""A reply about several topics quotes each of them, as its language does."""

import pytest

from app.domain.replies import LONGEST_NAMES, ReplyKind, render
from app.domain.reply_texts import ReplyLanguage
from app.domain.wording import quotes_around
from config.replies_loader import load_replies

REPLIES = load_replies()


def say(language: str, *names: str, own: str = "") -> str:
    replies = REPLIES.with_overrides({language: {"start_topic": own}}) if own else REPLIES
    return render(
        ReplyKind.START_TOPIC,
        replies=replies,
        language=language,
        business_name="Acme",
        way_back=False,
        topic_names=names,
    ).text


@pytest.mark.parametrize(
    ("language", "names", "said"),
    [
        ("en", ("Offers", "News"), "about “Offers”, “News”. Reply"),
        ("en", ("Offers",), "about “Offers”. Reply"),
        ("de", ("Angebote", "Neuigkeiten"), "„Angebote“, „Neuigkeiten“."),
        ("fr", ("Offres", "Nouveautés"), "sur «\u00a0Offres\u00a0», «\u00a0Nouveautés\u00a0»."),
        ("ar", ("العروض", "الأخبار"), "«العروض»، «الأخبار»"),
        ("he", ("מבצעים", "חדשות"), "״מבצעים״, ״חדשות״"),
        ("ur", ("پیشکش", "خبریں"), "”پیشکش“، ”خبریں“"),
        ("ja", ("セール", "お知らせ"), "「セール」、「お知らせ」"),
        ("ko", ("혜택", "소식"), "‘혜택’, ‘소식’"),
    ],
)
def test_each_name_stands_in_quotes_of_its_own(
    language: str, names: tuple[str, ...], said: str
) -> None:
    assert said in say(language, *names)


@pytest.mark.parametrize("language", REPLIES.languages.values(), ids=lambda one: one.language)
def test_no_language_puts_two_names_into_one_pair_of_quotes(language: ReplyLanguage) -> None:
    text = REPLIES.text(language.language, "start_topic")
    before, after = quotes_around(text, "topic")

    said = say(language.language, "１", "２", "３")

    assert before
    assert after
    assert f"{before}{language.list_separator.join((f'１{after}', f'{before}２{after}'))}" in said
    assert f"{before}３{after}" in said


def test_a_business_that_writes_without_quotes_gets_none() -> None:
    own = "{business} writes about {topic} now. {STOP} ends it."

    assert (
        say("en", "Offers", "News", own=own) == "Acme writes about Offers, News now. STOP ends it."
    )


def test_an_apostrophe_that_is_elsewhere_is_no_quote() -> None:
    own = "It's {topic}, isn't it? {business} “{STOP}”"

    assert say("en", "Offers", "News", own=own) == "It's Offers, News, isn't it? Acme “STOP”"


def test_more_names_than_there_is_room_for_end_in_an_ellipsis() -> None:
    said = say("en", *[f"{number} {'n' * 50}" for number in range(9)])

    assert "”, “…”. Reply" in said
    assert len(said) < LONGEST_NAMES + 120
