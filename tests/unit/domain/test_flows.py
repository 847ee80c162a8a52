"""Answers to WhatsApp Flows: mapped by configuration, careful with everything else."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.flows import Flow, FlowField, FlowReading, read_flow
from app.domain.times import to_milliseconds
from config.business import load_business
from config.flows import read_flows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FLOWS = (
    Flow(
        "prefs-",
        (
            FlowField("marketing", "topics.marketing"),
            FlowField("frequency", "frequency"),
            FlowField("how", "channel", {"0_sms": "sms", "1_wa": "whatsapp", "true": "email"}),
            FlowField("what", "topics", {"o": "offers"}, ("offers", "news")),
            FlowField("days", "pause_days", {"none": 0}),
            FlowField("all", "messages"),
        ),
    ),
    Flow("prefs-short-", (FlowField("often", "frequency.offers", {"w": "weekly"}),)),
)


def read(answer: dict[str, Any], flows: tuple[Flow, ...] = FLOWS) -> FlowReading | None:
    answer = {"flow_token": "prefs-1", **answer}
    return read_flow(answer, flows, occurred_at=NOON, longest_pause_days=365)


def settings(**answer: Any) -> dict[str, Any]:
    reading = read(answer)
    assert reading is not None
    return dict(reading.settings)


def test_the_sample_is_understood_as_the_sample_business_says(
    request: pytest.FixtureRequest,
) -> None:
    folder = request.config.rootpath
    business = load_business(folder / "config" / "business.toml")
    path = folder / "tests" / "payloads" / "inbound_flow_reply.json"
    message = json.loads(path.read_text())["entry"][0]["changes"][0]["value"]["messages"][0]
    answer = json.loads(message["interactive"]["nfm_reply"]["response_json"])

    reading = read(answer, business.flows)

    assert reading == FlowReading(
        {"topics.marketing": False, "topics.orders": True, "frequency": "1/week"},
        {"marketing": False, "order_updates": True, "frequency": "weekly"},
        0,
        "prefs-",
    )


def test_each_field_sets_its_register() -> None:
    assert settings(marketing=False) == {"topics.marketing": False}
    assert settings(marketing=True) == {"topics.marketing": True}
    assert settings(frequency="3/week") == {"frequency": "3/week"}
    assert settings(frequency="unlimited") == {"frequency": None}
    assert settings(how="0_sms") == {"channel": "sms"}
    assert settings(how="none") == {"channel": "none"}
    assert settings(how=True) == {"channel": "email"}
    assert settings(what=["o"]) == {"topics.offers": True, "topics.news": False}
    assert settings(what=[]) == {"topics.offers": False, "topics.news": False}
    end = to_milliseconds(NOON + timedelta(days=7))
    assert settings(days=7) == settings(days="7") == {"paused_until": end}
    assert settings(days="none") == settings(days=0) == {"paused_until": None}
    longest = to_milliseconds(NOON + timedelta(days=365))
    assert settings(days=9999) == {"paused_until": longest}
    assert settings(all=False) == settings(all="opted_out") == {"messages": "opted_out"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"all": True}, id="a form never lifts a STOP"),
        pytest.param({"all": "opted_in"}, id="nor in words"),
        pytest.param({"all": 0}, id="zero is not no"),
        pytest.param({"marketing": "yes"}, id="no switch"),
        pytest.param({"marketing": None}, id="null"),
        pytest.param({"frequency": "often"}, id="no cap"),
        pytest.param({"frequency": None}, id="left open"),
        pytest.param({"frequency": ["weekly"]}, id="a list for one cap"),
        pytest.param({"how": "pigeon"}, id="no channel"),
        pytest.param({"how": ["0_sms"]}, id="a list for one"),
        pytest.param({"how": {"a": 1}}, id="an object"),
        pytest.param({"how": "x" * 500}, id="long"),
        pytest.param({"what": ["offers", "gone"]}, id="an option we do not know"),
        pytest.param({"what": "offers"}, id="one for a list"),
        pytest.param({"what": [["offers"]]}, id="nested"),
        pytest.param({"days": -1}, id="negative"),
        pytest.param({"days": True}, id="true days"),
        pytest.param({"days": "٧"}, id="other digits"),
        pytest.param({"days": 1.5}, id="half days"),
        pytest.param({"name": "Ada", "email": "ada@example"}, id="not our business"),
    ],
)
def test_what_makes_no_sense_is_ignored_and_counted(answer: dict[str, Any]) -> None:
    reading = read({**answer, "marketing": False} if "marketing" not in answer else answer)

    assert reading is not None
    assert set(reading.settings) <= {"topics.marketing"}
    assert reading.ignored == len(answer)
    assert not set(reading.taken) & (set(answer) - {"marketing"})


@pytest.mark.parametrize("token", ["other", "", None, 7, ["prefs-"], {}])
def test_an_answer_of_another_flow_is_none_of_ours(token: object) -> None:
    assert read({"flow_token": token, "marketing": False}) is None


def test_the_longest_prefix_decides() -> None:
    reading = read({"flow_token": "prefs-short-9", "often": "w", "marketing": False})

    assert reading is not None
    assert reading.settings == {"frequency.offers": "1/week"}
    assert reading.ignored == 1


def test_an_empty_prefix_takes_every_answer() -> None:
    flows = (Flow("", (FlowField("marketing", "topics.marketing"),)),)

    assert read({"flow_token": None, "marketing": False}, flows) is not None


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda members: st.lists(members) | st.dictionaries(st.text(), members),
    max_leaves=6,
)
names = st.sampled_from(["marketing", "frequency", "how", "what", "days", "all", "x"])


@given(st.dictionaries(names, plain))
def test_no_answer_raises_or_allows_what_it_did_not_say(answer: dict[str, Any]) -> None:
    reading = read(answer)

    assert reading is not None
    assert reading.settings.get("messages") in {None, "opted_out"}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "one line a field"),
        ({"p": {}}, "names no field"),
        ({"p": {"a": 1}}, "a register, or a table"),
        ({"p": {"a": {"register": "channel", "value": {}}}}, "a register, or a table"),
        ({"p": {"a": "topics.gone"}}, "topics.<topic>"),
        ({"p": {"a": "whatsapp_marketing"}}, "topics.<topic>"),
        ({"p": {"a": "paused_until"}}, "topics.<topic>"),
        ({"p": {"flow_token": "channel"}}, "WhatsApp's own"),
        ({"p": {"a": "topics"}}, "options must list"),
        ({"p": {"a": {"register": "topics", "options": ["gone"]}}}, "gone is none"),
        ({"p": {"a": {"register": "channel", "options": ["offers"]}}}, "options belong"),
        ({"p": {"a": {"register": "channel", "values": {"x": "pigeon"}}}}, "makes no sense"),
        ({"p": {"a": {"register": "frequency", "values": {"x": "often"}}}}, "makes no sense"),
        ({"p": {"a": {"register": "messages", "values": {"x": "opted_in"}}}}, "makes no sense"),
        ({"p": {"a": {"register": "pause_days", "values": {"x": "long"}}}}, "makes no sense"),
        ({"p": {"a": {"register": "channel", "values": {"x": []}}}}, "values maps"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_told(document: object, problem: str) -> None:
    problems: list[str] = []

    read_flows(document, ["offers", "news"], problems)

    assert any(problem in one for one in problems), problems


def test_a_mapping_that_is_meant_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "business.toml"
    path.write_text(
        """
name = "Shop"
channels = ["sms"]
[[topics]]
id = "offers"
category = "marketing"
descriptions = { en = "Once a week" }
[flows."a-"]
offers = "topics.offers"
all_marketing = "topics.marketing"
cap = { register = "frequency.offers", values = { "0_w" = "weekly" } }
holiday = { register = "pause_days", values = { two_weeks = 14 } }
""",
        encoding="utf-8",
    )

    business = load_business(path)

    assert [one.name for one in business.flows[0].fields] == [
        "offers",
        "all_marketing",
        "cap",
        "holiday",
    ]
    assert business.topics[0].description("de") == "Once a week"
