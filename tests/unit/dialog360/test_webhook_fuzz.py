"""Whatever arrives, nothing raises, and what is well-formed beside it is still understood."""

import copy
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dialog360.webhook import NotJSONError, decode_body, parse_notification
from app.domain.inbound import InboundMessage, Notification
from tests.payloads.samples import NAMES, load_sample
from tests.unit.dialog360.notifications import make_message, make_notification
from tests.work import count_lines

SIBLING = "wamid.sibling"

Path = tuple[str | int, ...]


def nested(depth: int) -> Any:
    value: Any = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"messages": value}
    return value


ODDITIES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 10**5000, 1e308, float("inf"), float("nan"), 0.5]),
    st.text(st.characters(), max_size=40),
    st.sampled_from(["\ud83d", "STOP\udc00", "\x00", "", " ", "x" * 20_000, "٣", "US.ENT.1"]),
    st.sampled_from([[], {}, [[]], [None], {"": None}, [{}]]),
    st.sampled_from([nested(200), nested(900)]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=5,
    ),
)
SAMPLES = {name: load_sample(name) for name in NAMES}


def walk(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every node, the root included."""
    yield path
    if isinstance(value, dict):
        for key, member in value.items():
            yield from walk(member, (*path, key))
    elif isinstance(value, list):
        for position, member in enumerate(value):
            yield from walk(member, (*path, position))


PATHS = {name: list(walk(sample)) for name, sample in SAMPLES.items()}


@st.composite
def mutated_samples(draw: st.DrawFn) -> Any:
    """Take a golden payload, and delete, replace, duplicate or wrap some of its nodes."""
    name = draw(st.sampled_from(NAMES))
    body = copy.deepcopy(SAMPLES[name])
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(PATHS[name]))
        body = mutate(body, path, draw(st.sampled_from(MUTATIONS)), draw(ODDITIES))
    return body


MUTATIONS = ("delete", "replace", "duplicate", "wrap", "as_text", "as_number")


def mutate(body: Any, path: Path, mutation: str, oddity: Any) -> Any:
    """Return the body after one mutation; a path that an earlier one removed changes nothing."""
    if not path:
        return oddity if mutation == "replace" else body
    parent = body
    for step in path[:-1]:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return body
    key: Any = path[-1]
    is_there = (isinstance(parent, dict) and key in parent) or (
        isinstance(parent, list) and isinstance(key, int) and key < len(parent)
    )
    if not is_there:
        return body
    value = parent[key]
    if mutation == "delete":
        del parent[key]
    elif mutation == "duplicate" and isinstance(parent, list):
        parent.insert(key, copy.copy(value))
    else:
        replacements = {
            "replace": oddity,
            "wrap": [value],
            "as_text": value if isinstance(value, str) else type(value).__name__,
            "as_number": int(value) if isinstance(value, str) and value.isdecimal() else 7,
        }
        parent[key] = replacements.get(mutation, [value, value])
    return body


def ids_of(found: Notification) -> list[str]:
    return [item.id for item in found.items if isinstance(item, InboundMessage)]


def check_all_is_harmless(found: Notification) -> None:
    """What was understood can be stored: no half characters, no enormous numbers or texts."""
    for item in found.items:
        for name in item.__dataclass_fields__:
            value = getattr(item, name)
            if isinstance(value, str):
                value.encode("utf-8")
        if isinstance(item, InboundMessage):
            json.dumps(item.flow_reply, allow_nan=False, ensure_ascii=False).encode("utf-8")
    for problem in found.problems:
        (problem.path + problem.what).encode("utf-8")


def to_bytes(body: Any) -> bytes:
    try:
        return json.dumps(body).encode()
    except (ValueError, RecursionError):
        return b"9" * 5000


@settings(max_examples=600, deadline=None)
@given(body=mutated_samples())
def test_a_mutated_notification_never_raises(body: Any) -> None:
    check_all_is_harmless(parse_notification(body))


@settings(max_examples=300, deadline=None)
@given(body=mutated_samples())
def test_a_sibling_survives_whatever_stands_beside_it(body: Any) -> None:
    entries = make_notification(messages=[make_message(id=SIBLING)])["entry"]
    others = body.get("entry") if isinstance(body, dict) else None
    others = others if isinstance(others, list) else [body]

    for both in ([*others, *entries], [*entries, *others]):
        found = parse_notification({"object": "whatsapp_business_account", "entry": both})
        assert SIBLING in ids_of(found)


@settings(max_examples=300, deadline=None)
@given(oddity=ODDITIES, name=st.sampled_from(NAMES), position=st.integers(0, 2))
def test_a_sibling_message_survives_in_the_same_list(oddity: Any, name: str, position: int) -> None:
    messages: list[Any] = [make_message(id=SIBLING)]
    for odd in (oddity, SAMPLES[name], make_message(text=oddity, timestamp=oddity)):
        messages.insert(min(position, len(messages)), odd)

    found = parse_notification(make_notification(messages=messages, contacts=oddity))

    assert SIBLING in ids_of(found)


@settings(max_examples=200, deadline=None)
@given(field=st.sampled_from(sorted(make_message())), oddity=ODDITIES)
def test_one_odd_field_gives_one_message_or_one_problem(field: str, oddity: Any) -> None:
    found = parse_notification(make_notification(messages=[{**make_message(), field: oddity}]))

    assert len(found.items) + len(found.ignored) + len(found.problems) == 1


@settings(max_examples=300, deadline=None)
@given(raw=st.one_of(st.binary(max_size=200), mutated_samples().map(to_bytes)))
def test_any_bytes_are_a_value_or_not_json(raw: bytes) -> None:
    try:
        body = decode_body(raw)
    except NotJSONError:
        return
    check_all_is_harmless(parse_notification(body))


def phone_of(number: int) -> str:
    return str(10**11 + number)


@pytest.mark.parametrize(
    "profiles",
    [
        pytest.param(lambda n: {"wa_id": phone_of(n), "user_id": f"GB.{n}"}, id="one for each"),
        pytest.param(lambda n: {"wa_id": phone_of(0), "user_id": f"GB.{n}"}, id="all of one"),
        pytest.param(lambda n: {} if n == 0 else None, id="one for all"),
    ],
)
def test_the_work_grows_with_the_size_and_not_with_its_square(profiles: Any) -> None:
    """Bodies in which every message lacks its BSUID; a full one has ten times as many."""
    lines = []
    for size in (750, 1500):
        messages = [make_message(sender=phone_of(number)) for number in range(size)]
        contacts = [one for number in range(size) if (one := profiles(number)) is not None]
        body = make_notification(messages=messages, contacts=contacts)
        assert len(parse_notification(body).items) == size
        lines.append(count_lines(partial(parse_notification, body)))

    assert lines[1] < 2.2 * lines[0]


def test_each_of_many_people_gets_their_own_id() -> None:
    people = range(1000)
    messages = [make_message(sender=phone_of(number), id=f"GB.{number}") for number in people]
    contacts = [{"wa_id": phone_of(number), "user_id": f"GB.{number}"} for number in people]

    found = parse_notification(make_notification(messages=messages, contacts=contacts))

    assert [
        item.recipient.bsuid for item in found.items if isinstance(item, InboundMessage)
    ] == ids_of(found)


def test_a_body_of_nonsense_gives_no_more_problems_than_anybody_reads() -> None:
    assert len(parse_notification({"entry": [1] * 5000}).problems) == 1000
