from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.figures import KEPT_DAYS, count_chain, day_to_json, new_tally, sum_up
from app.domain.times import to_milliseconds

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def entry(days_ago: float, source: str, changed: dict[str, Any], **proof: Any) -> dict[str, Any]:
    at = to_milliseconds(NOW - timedelta(days=days_ago))
    event = {"source": source, "occurred_at": at, "language": "en", "proof": proof}
    return {"kind": "event", "at": at, "event": event, "changed": changed}


def opt_in(days_ago: float, way: str = "till", **changed: Any) -> dict[str, Any]:
    changed = changed or {"topics.offers": [None, True]}
    return entry(
        days_ago, "opt_in", {"messages": ["unknown", "opted_in"], **changed}, opt_in_source=way
    )


def stop(days_ago: float) -> dict[str, Any]:
    return entry(days_ago, "keyword", {"messages": ["opted_in", "opted_out"]})


def figures(*chains: list[dict[str, Any]]) -> dict[str, Any]:
    tally = new_tally()
    for chain in chains:
        count_chain(chain, tally, now=NOW)
    days = {day: day_to_json(found) for day, found in tally.items()}
    return sum_up(days, today=NOW.date())


def test_each_choice_is_counted_on_its_day_by_way_topic_and_language() -> None:
    found = figures([opt_in(3), stop(1)], [entry(3, "keyword", {"messages": [None, "opted_in"]})])

    assert found["rows"] == [
        ("2026-11-22", "keyword", "*", "en", 1, 0),
        ("2026-11-22", "till", "offers", "en", 1, 0),
        ("2026-11-24", "keyword", "*", "en", 0, 1),
    ]
    assert found["by_day"] == [
        {"day": "2026-11-22", "opt_ins": 2, "opt_outs": 0},
        {"day": "2026-11-24", "opt_ins": 0, "opt_outs": 1},
    ]
    assert found["by_source"][0] == {"source": "keyword", "opt_ins": 1, "opt_outs": 1}


def test_a_yes_to_two_topics_is_one_yes() -> None:
    two: dict[str, Any] = {"topics.offers": [None, True], "topics.news": [None, True]}
    found = figures([opt_in(3, **two), stop(1)])

    assert [(one["topic"], one["opt_ins"]) for one in found["by_topic"]] == [
        ("*", 0),
        ("news", 1),
        ("offers", 1),
    ]
    for name in ("by_day", "by_source", "by_language"):
        assert sum(one["opt_ins"] for one in found[name]) == 1
        assert sum(one["opt_outs"] for one in found[name]) == 1
    assert found["staying"][0]["joined"] == 1


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({"topics.news": [True, False]}, [("2026-11-24", "button", "news", "en", 0, 1)]),
        ({"topics.news": [False, True]}, [("2026-11-24", "button", "news", "en", 1, 0)]),
        ({"paused_until": [None, 1]}, []),
        ({}, []),
    ],
    ids=str,
)
def test_only_what_agrees_or_ends_counts(changed: dict[str, Any], row: list[Any]) -> None:
    assert figures([entry(1, "button", changed)])["rows"] == row


def test_a_yes_that_a_stop_overrules_is_none() -> None:
    beneath = entry(1, "opt_in", {"topics.offers": [None, True]}, opt_in_source="till")

    found = figures([stop(2), beneath])

    assert [one["opt_ins"] for one in found["by_day"]] == [0]
    assert found["staying"] == []


def test_who_stays_is_told_by_the_way_they_came() -> None:
    found = figures(
        [opt_in(100)],
        [opt_in(100), stop(95)],
        [opt_in(100), stop(60), opt_in(50, "web")],
        [opt_in(2)],
    )

    till, web = found["staying"]
    assert (till["source"], till["joined"]) == ("till", 4)
    assert till["after_1"] == {"of": 4, "stayed": 4}
    assert till["after_7"] == {"of": 3, "stayed": 2}
    assert till["after_30"] == {"of": 3, "stayed": 2}
    assert till["after_90"] == {"of": 3, "stayed": 1}
    assert (web["joined"], web["after_90"]) == (1, {"of": 0, "stayed": 0})


def test_one_topic_less_is_not_gone() -> None:
    chain = [opt_in(40), entry(39, "button", {"topics.offers": [True, False]})]

    assert figures(chain)["staying"][0]["after_30"] == {"of": 1, "stayed": 1}


def test_what_is_too_old_is_let_go() -> None:
    tally = new_tally()
    count_chain([opt_in(KEPT_DAYS + 1), stop(1)], tally, now=NOW)

    assert list(tally) == [date(2026, 11, 24)]


def test_a_count_can_be_repeated() -> None:
    chain = [opt_in(3), stop(1)]

    assert figures(chain) == figures(chain)
