"""What people write and tap, from the phone to the gate and back, in the running stack."""

import time
from collections.abc import Callable

import pytest
import requests

from app.domain.events import event_id_of
from tests.builders import API_HEADERS, button_message, message_id, notification, text_message
from tests.stack import RunningStack, eventually, text_of

NewNumber = Callable[..., str]

IN_FOUR_LANGUAGES = [
    pytest.param("4477", "STOP", "START", "PAUSE 7", "no more messages", id="English"),
    pytest.param("5511", "PARAR", "COMEÇAR", "PAUSAR 7", "mensagens", id="Portuguese"),
    pytest.param("2010", "إيقاف", "اشتراك", "إيقاف مؤقت ٧", "الرسائل", id="Arabic"),
    pytest.param("9198", "बंद करो", "शुरू", "रोकें 7 दिन", "मैसेज", id="Hindi"),
]


def wait_for_replies(stack: RunningStack, person: str, count: int) -> list[str]:
    eventually(lambda: len(stack.sent_to(person)) >= count, seconds=10)
    return [text_of(body) for body in stack.sent_to(person)]


@pytest.mark.parametrize(("prefix", "stop", "start", "pause", "word"), IN_FOUR_LANGUAGES)
def test_stop_start_and_pause_are_honoured_in_the_persons_language(
    stack: RunningStack,
    new_number: NewNumber,
    prefix: str,
    stop: str,
    start: str,
    pause: str,
    word: str,
) -> None:
    person = new_number(prefix)

    assert stack.inbound(**{"from": person, "text": stop})["status"] == 200
    assert stack.check(person)["allowed"] is False
    replies = wait_for_replies(stack, person, 1)
    assert word in replies[0]
    assert stack.check(person)["reason"] == "opted_out"

    time.sleep(1)  # WhatsApp's clock has whole seconds, and STOP wins a tie
    stack.inbound(**{"from": person, "text": start})
    wait_for_replies(stack, person, 2)
    assert stack.check(person) == {
        "recipient": person,
        "allowed": True,
        "reason": None,
        "until": None,
    }

    stack.inbound(**{"from": person, "text": pause})
    wait_for_replies(stack, person, 3)
    refused = stack.check(person)
    assert refused["reason"] == "paused"
    assert refused["until"] > time.strftime("%Y-%m-%d", time.gmtime(time.time() + 6 * 86400))
    assert len(stack.sent_to(person)) == 3


def test_a_second_stop_and_a_redelivery_are_not_confirmed_again(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    first = stack.inbound(**{"from": person, "text": "STOP"})
    wait_for_replies(stack, person, 1)

    stack.post_sandbox("/resend", {"notification_id": first["notification_id"]})
    stack.inbound(**{"from": person, "text": "Stop!!"})
    eventually(lambda: len([e for e in stack.history(person) if e["kind"] == "event"]) == 2)
    time.sleep(0.5)

    assert len(stack.sent_to(person)) == 1


def test_a_confirmation_carries_what_a_status_needs_to_find_it(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    message = text_message("STOP", **{"from": person})
    stack.post_sandbox("/window", {"recipient": person})

    stack.notify(notification(message))
    wait_for_replies(stack, person, 1)

    assert stack.sent_to(person)[0] == {
        **stack.sent_to(person)[0],
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": f"+{person}",
        "type": "text",
        "biz_opaque_callback_data": f"heed:{event_id_of(message['id'])}",
        "context": {"message_id": message["id"]},
    }


def test_the_history_tells_the_words_the_answer_and_its_delivery(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()

    stack.inbound(**{"from": person, "text": "Stop!"})
    delivered = eventually(
        lambda: [e for e in stack.history(person) if e.get("status") == "delivered"], seconds=15
    )

    by_kind = {entry["kind"]: entry for entry in stack.history(person)}
    assert by_kind["event"]["event"]["proof"]["words"] == "Stop!"
    assert by_kind["event"]["changed"]["messages"] == [None, "opted_out"]
    assert by_kind["confirmation"]["state"] == "sent"
    assert delivered[0]["event"] == by_kind["event"]["event"]["id"]
    assert all(one["intact"] for one in stack.get(f"/v1/recipients/{person}/history")["chains"])


@pytest.mark.parametrize(
    ("payload", "label", "refused", "allowed"),
    [
        pytest.param(
            "OPTOUT_ALL|campaign=spring", "Unsubscribe", {"offers", "orders"}, set(), id="all"
        ),
        pytest.param("Stop promotions", "Stop promotions", {"offers", "news"}, {"orders"}, id="en"),
        pytest.param("Parar promoções", "Parar promoções", {"offers", "news"}, {"orders"}, id="pt"),
        pytest.param("heed:stop:offers", "No offers", {"offers"}, {"news", "orders"}, id="topic"),
        pytest.param("heed:pause:7", "Pause", {"offers", "orders"}, set(), id="pause"),
    ],
)
def test_a_templates_button_turns_off_what_it_says(
    stack: RunningStack,
    new_number: NewNumber,
    payload: str,
    label: str,
    refused: set[str],
    allowed: set[str],
) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "START"})
    wait_for_replies(stack, person, 1)
    time.sleep(1)

    stack.notify(notification(button_message(payload, label, **{"from": person})))

    assert {topic for topic in refused if stack.check(person, topic)["allowed"]} == set()
    wait_for_replies(stack, person, 2)
    assert {topic for topic in refused if stack.check(person, topic)["allowed"]} == set()
    assert {topic for topic in allowed if not stack.check(person, topic)["allowed"]} == set()


def test_a_person_without_a_phone_number_is_stopped_and_answered(stack: RunningStack) -> None:
    bsuid = "GB.55512340001"
    message = text_message("STOP", **{"from": None, "from_user_id": bsuid})
    stack.post_sandbox("/window", {"recipient": bsuid})

    stack.notify(notification(message))

    assert stack.check(bsuid)["allowed"] is False
    wait_for_replies(stack, bsuid, 1)
    assert stack.sent_to(bsuid)[0]["recipient"] == bsuid
    assert stack.check(bsuid)["reason"] == "opted_out"


def test_help_is_answered_after_stop_and_changes_nothing(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "STOP"})
    wait_for_replies(stack, person, 1)

    stack.inbound(**{"from": person, "text": "HELP"})
    replies = wait_for_replies(stack, person, 2)

    assert "STOP" in replies[1]
    assert stack.check(person)["reason"] == "opted_out"


def test_only_start_lifts_stop(stack: RunningStack, new_number: NewNumber) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "STOP"})
    wait_for_replies(stack, person, 1)
    time.sleep(1)

    for text in ("RESUME", "yes", "ok", "why are you still writing to me", "continue"):
        stack.inbound(**{"from": person, "text": text})
    time.sleep(1)

    assert stack.check(person)["reason"] == "opted_out"


def test_whatsapps_own_switch_is_a_register_of_its_own(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "START"})
    wait_for_replies(stack, person, 1)

    def switch(value: str) -> None:
        preference = {
            "wa_id": person,
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(time.time()),
        }
        body = notification(field="user_preferences", user_preferences=[preference])
        assert stack.notify(body).status_code == 200

    switch("stop")
    assert stack.check(person)["allowed"] is False
    eventually(lambda: stack.check(person)["reason"] == "stopped_in_whatsapp")
    assert stack.check(person, "orders")["allowed"] is True

    time.sleep(1)
    switch("resume")
    eventually(lambda: stack.check(person)["allowed"])
    assert len(stack.sent_to(person)) == 1


def test_a_refusal_131050_says_the_same_as_the_switch(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "START"})
    wait_for_replies(stack, person, 1)
    status = {
        "id": message_id(),
        "status": "failed",
        "timestamp": str(int(time.time())),
        "recipient_id": person,
        "errors": [{"code": 131050, "title": "stopped"}],
    }

    stack.notify(notification(statuses=[status]))

    assert stack.check(person)["allowed"] is False
    eventually(lambda: stack.check(person)["reason"] == "stopped_in_whatsapp")


def test_a_change_of_number_takes_the_preferences_along_and_leaves_the_old(
    stack: RunningStack, new_number: NewNumber
) -> None:
    old, new = new_number(), new_number()
    stack.inbound(**{"from": old, "text": "STOP"})
    wait_for_replies(stack, old, 1)

    moved = text_message(**{"from": old, "type": "system"})
    moved["system"] = {
        "type": "user_changed_number",
        "wa_id": new,
        "body": f"User Ada changed from {old} to {new}",
    }
    del moved["text"]

    stack.notify(notification(moved))

    eventually(lambda: stack.check(new)["reason"] == "opted_out")
    assert stack.check(old)["reason"] == "opted_out"


def test_the_api_changes_preferences_at_once_and_keeps_who_and_why(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()

    url = f"{stack.web}/v1/recipients/{person}"
    body = {"messages": "opted_in", "evidence": {"reason": "asked by phone", "actor": "Kim"}}
    answer = requests.patch(url, json=body, headers=API_HEADERS, timeout=10)

    assert answer.status_code == 200
    assert answer.json()["messages"] == "opted_in"
    assert stack.check(person)["allowed"] is True
    assert stack.history(person)[-1]["event"]["proof"] == {
        "actor": "Kim",
        "via": "tests",
        "reason": "asked by phone",
    }
    assert stack.sent_to(person) == []
