"""Another system learns of a STOP, by the processes that a deployment has."""

from collections.abc import Callable

from tests.builders import notification, text_message
from tests.receivers import Receiver
from tests.stack import RunningStack, eventually


def test_a_stop_is_delivered_signed(
    stack: RunningStack, receiver: Receiver, new_number: Callable[..., str]
) -> None:
    person = new_number()
    assert stack.notify(notification(text_message("STOP", **{"from": person}))).ok

    event = eventually(
        lambda: next((one for one in receiver.got if one["recipient"] == person), None)
    )

    assert event["type"] == "opted_out"
    assert event["evidence_id"] in {
        entry["event"]["id"]
        for entry in stack.history(person)
        if "event" in entry and isinstance(entry["event"], dict)
    }
    assert receiver.refused == 0
    state = stack.get(f"/v1/recipients/{person}")
    assert event["after"] == {name: one for name, one in state.items() if name != "held"}
    assert stack.get("/readyz")["checks"]["workers.deliveries"]["ok"]
