"""One scrape of any web process tells the sums of all web processes and workers."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.builders import API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.stack import RunningStack, eventually

PEOPLE = 48
NewNumber = Callable[..., str]


def scrape(stack: RunningStack) -> Counter[str]:
    # A connection of its own each time, so that each may meet another process.
    text = requests.get(f"{stack.web}/metrics", timeout=10).text
    found = re.findall(r"(?m)^(heed_\S+) (\S+)$", text)
    return Counter({name: int(float(value)) for name, value in found if "_sum" not in name})


def test_any_process_tells_the_sums_of_all(stack: RunningStack, new_number: NewNumber) -> None:
    # Nothing else in these journeys is counted under this command and this reason.
    people = [new_number() for _ in range(PEOPLE)]
    before = scrape(stack)

    def pause(person: str) -> None:
        body = notification(text_message("PAUSE", **{"from": person}))
        url = f"{stack.web}/webhooks/360dialog"
        assert requests.post(url, json=body, headers=WEBHOOK_HEADERS, timeout=20).ok

    def ask(person: str) -> None:
        question = {"recipients": [person], "topic": "offers"}
        url = f"{stack.web}/v1/check"
        answer = requests.post(url, json=question, headers=API_HEADERS, timeout=20)
        assert answer.json()["results"][0]["reason"] == "paused"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(pause, people))
        eventually(lambda: stack.check(people[-1])["reason"] == "paused")
        eventually(lambda: all(stack.check(one)["reason"] == "paused" for one in people))
        settled = scrape(stack)
        list(threads.map(ask, people))

    def counted(name: str) -> bool:
        return scrape(stack)[name] - before[name] >= PEOPLE

    assert eventually(lambda: counted('heed_updates_total{kind="command.PAUSE"}'))
    applied = 'heed_events_applied_total{command="PAUSE",outcome="applied"}'
    assert eventually(lambda: counted(applied))
    assert eventually(
        lambda: (
            scrape(stack)['heed_checks_total{reason="paused"}']
            >= settled['heed_checks_total{reason="paused"}'] + PEOPLE
        )
    )
    after = [scrape(stack) for _ in range(12)]
    for name, number in (
        ('heed_updates_total{kind="command.PAUSE"}', PEOPLE),
        (applied, PEOPLE),
    ):
        # From whichever process, and neither more nor less.
        assert {one[name] - before[name] for one in after} == {number}
    assert all(one["heed_enforce_seconds_count"] >= PEOPLE for one in after)
    assert all(
        one["heed_enforce_seconds_count"] == one['heed_enforce_seconds_bucket{le="+Inf"}']
        for one in after
    )
