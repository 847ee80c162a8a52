"""Every way in, from the person's phone to the gate, in the running stack.

Each ends with the same shape of record, one confirmation in the person's language that says how to
stop, and the gate open for exactly the topics of the source.
"""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.builders import button_message, notification, text_message
from tests.journeys.opt_in_record import RECORD, confirmations, last_opt_in, open_topics
from tests.journeys.ways import EMAIL, FAIR, PACKAGE, SMS
from tests.stack import RunningStack, eventually, text_of

NewNumber = Callable[..., str]


@pytest.mark.parametrize(
    ("prefix", "text", "language", "words"),
    [
        pytest.param("4477", "START · shop-receipt", "en", ["Offers", "STOP"], id="English"),
        pytest.param("4915", "start shop receipt", "de", ["Angebote", "STOP"], id="German, edited"),
        pytest.param("3466", "START · shop-rec", "es", ["Ofertas", "BAJA"], id="Spanish, cut"),
        pytest.param("2010", "اشتراك · shop-receipt · ar", "ar", ["العروض", "إيقاف"], id="Arabic"),
    ],
)
def test_a_code_on_a_receipt_opens_exactly_its_topic(
    stack: RunningStack,
    new_number: NewNumber,
    prefix: str,
    text: str,
    language: str,
    words: list[str],
) -> None:
    person = new_number(prefix)
    assert open_topics(stack, person) == {"orders"}

    stack.inbound(**{"from": person, "text": text})
    eventually(lambda: confirmations(stack, person), seconds=15)

    assert open_topics(stack, person) == {"offers", "orders"}
    [confirmation] = confirmations(stack, person)
    assert all(word in confirmation for word in ["Example Shop", *words])
    proof = last_opt_in(stack, person)
    assert set(proof) >= RECORD
    assert proof["words"] == text
    assert proof["opt_in_source"] == "shop-receipt"

    stack.inbound(**{"from": person, "text": text})
    stack.inbound(**{"from": person, "text": "STOP · shop-receipt"})
    eventually(lambda: len(confirmations(stack, person)) > 1, seconds=15)
    assert open_topics(stack, person) == set()
    assert len(confirmations(stack, person)) == 2


@pytest.mark.parametrize(
    ("number", "language", "words"),
    [
        pytest.param("447912345{:03}", "en", ["Offers", "News", "STOP"], id="English"),
        pytest.param("49151234{:05}", "de", ["Angebote", "Neuigkeiten", "STOP"], id="German"),
        pytest.param("20100123{:04}", "ar", ["العروض", "الأخبار", "إيقاف"], id="Arabic"),
    ],
)
def test_a_form_of_a_website_counts_when_the_person_taps_yes(
    stack: RunningStack, number: str, language: str, words: list[str]
) -> None:
    person = number.format(17)
    way = requests.get(f"{stack.web}/j/website-form/source.json?lang={language}", timeout=10).json()
    form = {"number": f"+{person}", "agree": "yes", **way["consent"]}
    answers = [
        requests.post(f"{stack.web}{way['consents']}", data=form, timeout=10).status_code
        for _ in range(2)
    ]
    assert answers == [202, 202]
    eventually(lambda: stack.sent_to(person), seconds=15)
    [question] = stack.sent_to(person)
    assert question["template"]["name"] == "confirm_opt_in"
    assert question["template"]["language"]["code"] == language
    values = [one["text"] for one in question["template"]["components"][0]["parameters"]]
    assert values[0] == "Example Shop"
    assert all(word in values[1] for word in words[:2])
    assert open_topics(stack, person) == {"orders"}

    payload = question["template"]["components"][1]["parameters"][0]["payload"]
    stranger = person[:-1] + "8"
    stack.post_sandbox("/window", {"recipient": person})
    stack.notify(notification(button_message(payload, "Yes", **{"from": stranger})))
    stack.notify(notification(button_message(payload, "Yes", **{"from": person})))
    eventually(lambda: len(stack.sent_to(person)) == 2, seconds=15)

    assert open_topics(stack, person) == {"offers", "news", "orders"}
    assert open_topics(stack, stranger) == {"orders"}
    confirmation = text_of(stack.sent_to(person)[-1])
    assert all(word in confirmation for word in ["Example Shop", *words])
    proof = last_opt_in(stack, person)
    assert set(proof) >= RECORD
    assert proof["wording"] == way["wording"]


@pytest.mark.parametrize(
    ("source", "topics"),
    [
        ("website-form", {"offers", "news"}),
        ("website-popup", {"offers"}),
        ("website-chat", {"news"}),
        ("shop-receipt", {"offers"}),
        *((way.id, set(way.topics)) for way in (SMS, EMAIL, FAIR, PACKAGE)),
    ],
)
@pytest.mark.parametrize(
    ("prefix", "language", "stop"), [("4477", "en", "STOP"), ("2010", "ar", "إيقاف")]
)
def test_a_short_address_leads_a_phone_to_a_yes_for_exactly_its_topics(
    stack: RunningStack,
    new_number: NewNumber,
    source: str,
    topics: set[str],
    prefix: str,
    language: str,
    stop: str,
) -> None:
    person = new_number(prefix)
    answer = requests.get(
        f"{stack.web}/j/{source}?lang={language}&utm_source=mail&utm_campaign=spring-26",
        headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"},
        allow_redirects=False,
        timeout=10,
    )
    [draft] = parse_qs(urlsplit(answer.headers["Location"]).query)["text"]

    stack.inbound(**{"from": person, "text": draft})
    eventually(lambda: confirmations(stack, person), seconds=15)

    assert open_topics(stack, person) == topics | {"orders"}
    [confirmation] = confirmations(stack, person)
    assert "Example Shop" in confirmation
    assert stop in confirmation
    proof = last_opt_in(stack, person)
    assert set(proof) >= RECORD
    assert proof["opt_in_source"] == source
    assert proof["wording_language"] == language
    assert proof["campaign"] == {"source": "mail", "campaign": "spring-26"}


def test_a_signup_of_whatsapp_has_the_same_record_and_no_answer_of_ours(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    signup = {
        "wa_id": person,
        "detail": "User signed up via signup link",
        "category": "marketing_messages",
        "value": "signup",
        "signup_id": "13000000000000001",
        "timestamp": int(time.time()),
    }
    stack.notify(notification(field="user_preferences", user_preferences=[signup]))
    eventually(lambda: open_topics(stack, person) == {"offers", "news", "orders"}, seconds=15)

    assert set(last_opt_in(stack, person)) >= RECORD
    assert stack.sent_to(person) == []


AD = {
    "source_type": "ad",
    "source_id": "120000000000000001",
    "source_url": "https://fb.example/ad",
    "headline": "Chat with us",
    "ctwa_clid": "the-id-of-a-click",
}


def test_an_ad_is_no_yes_and_a_start_after_it_names_it(
    stack: RunningStack, new_number: NewNumber
) -> None:
    """START by word alone speaks of no ad, so it is a yes to every topic as always."""
    person = new_number("4915")
    words = "Hallo, ich habe eure Anzeige gesehen."
    stack.notify(notification(text_message(words, referral=AD, **{"from": person})))
    assert open_topics(stack, person) == {"orders"}

    stack.inbound(**{"from": person, "text": "START"})
    eventually(lambda: confirmations(stack, person), seconds=15)

    assert open_topics(stack, person) == {"offers", "news", "orders"}
    [confirmation] = confirmations(stack, person)
    assert all(word in confirmation for word in ["Example Shop", "Nachrichten", "STOP"])
    proof = last_opt_in(stack, person)
    assert (proof["opt_in_source"], proof["opt_in_kind"]) == ("whatsapp-ads", "ad")
    assert proof["referral"]["headline"] == "Chat with us"
    assert "the-id-of-a-click" not in str(proof)


def test_an_ad_whose_draft_bears_the_mark_is_a_yes_to_exactly_its_topics(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number("4915")
    printed = stack.flask("sources", "link", "whatsapp-ads", "--language", "en")
    assert printed.returncode == 0, printed.stderr
    words = printed.stdout.splitlines()[0]

    stack.post_sandbox("/window", {"recipient": person})
    stack.notify(notification(text_message(words, referral=AD, **{"from": person})))
    eventually(lambda: confirmations(stack, person), seconds=15)

    assert open_topics(stack, person) == {"offers", "orders"}
    [confirmation] = confirmations(stack, person)
    assert all(word in confirmation for word in ["Example Shop", "„Angebote“", "STOP"])
    proof = last_opt_in(stack, person)
    assert set(proof) >= RECORD
    assert (proof["opt_in_kind"], proof["referral"]["id"]) == ("ad", AD["source_id"])
