"""Many senders at once, on a real Redis, never get more places than a cap has."""

import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from app.domain.caps import DURATIONS, Counted, Order, Reservation, Window, free_at
from app.domain.frequency import Cap, Period
from app.domain.recipients import Recipient
from app.domain.times import from_milliseconds, to_milliseconds
from app.runtime import Runtime
from app.store.caps import RedisCaps
from app.usecases.check import Question, check
from tests.builders import ADA, API_HEADERS


def test_memory_is_bounded_and_ends(redis: Redis, runtime: Runtime) -> None:
    caps, window = RedisCaps(redis), Window("all", Cap(99, Period.DAY))
    start = to_milliseconds(runtime.clock())

    for number in range(300):
        # One every half an hour: no day has more than 48.
        caps.take([order(f"{number}", [window], at=start + number * 1_800_000)])

    key = f"heed:{{wa.{ADA}}}:sent:all"
    assert redis.zcard(key) == 99
    assert 0 < redis.ttl(key) <= 31 * 24 * 3600


def order(name: str, windows: Sequence[Window], *, at: int) -> Order:
    scopes = tuple(dict.fromkeys(window.scope for window in windows))
    return Order(Reservation(f"wa.{ADA}", name, scopes), tuple(windows), at)


def test_the_same_order_asked_twice_takes_one_place(redis: Redis) -> None:
    """A lost answer is asked for again by the connection."""
    caps, window = RedisCaps(redis), Window("all", Cap(1, Period.DAY))

    assert caps.take([order("1", [window], at=1_000)]) == [True]
    assert caps.take([order("1", [window], at=1_000), order("2", [window], at=1_000)]) == [
        True,
        False,
    ]


WINDOWS = (
    Window("all", Cap(7, Period.DAY)),
    Window("all", Cap(11, Period.WEEK)),
    Window("offers", Cap(5, Period.DAY)),
)


def storm(url: str, name: str, start: int) -> list[int]:
    """Send for two weeks as a machine whose clock is off, now and then giving back."""
    allowed = []
    with Redis.from_url(url) as redis:
        caps = RedisCaps(redis)
        for number in range(250):
            at = start + number * 5_000_000 + (number * 7_919 + int(name) * 104_729) % 600_000
            one = order(f"{name}.{number}", WINDOWS, at=at)
            if caps.take([one]) == [True]:
                if number % 5 == 0:
                    assert caps.give_back([one.reservation]) == [True]
                else:
                    allowed.append(at)
    return allowed


def test_many_senders_in_many_processes_never_exceed_a_cap(redis: Redis, redis_url: str) -> None:
    start = 1_800_000_000_000
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        futures = [processes.submit(storms, redis_url, str(number), start) for number in range(3)]
        sent = sorted(at for future in futures for at in future.result())

    assert sent
    for window in WINDOWS:
        for at in sent:
            inside = [one for one in sent if at <= one < at + window.milliseconds]
            assert len(inside) <= window.cap.most
    # It is the caps that bound it, and they are used up: a week has its eleven.
    assert any(len([one for one in sent if at <= one < at + 7 * 86_400_000]) == 11 for at in sent)


def storms(url: str, name: str, start: int) -> list[int]:
    """Be five senders at once in one process."""
    with ThreadPoolExecutor(5) as threads:
        futures = [threads.submit(storm, url, f"{name}{one}", start) for one in range(5)]
        return [at for future in futures for at in future.result()]


def test_many_senders_at_one_moment_get_exactly_as_many_places_as_there_are(
    client: FlaskClient, runtime: Runtime
) -> None:
    frequency = {"all": "3/week", "offers": "2/day"}
    body = {"messages": "opted_in", "frequency": frequency, "evidence": {"reason": "a test"}}
    assert client.patch(f"/v1/recipients/{ADA}", json=body, headers=API_HEADERS).status_code == 200
    barrier = threading.Barrier(12)
    now = runtime.clock()

    def send(topic: str) -> list[str]:
        barrier.wait(30)
        allowed = []
        for _ in range(10):
            [permission] = check(
                [Recipient(ADA)], Question(topic), checker=runtime.checker, now=now, reserve=True
            )
            if permission.allowed:
                allowed.append(topic)
        return allowed

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(send, ["offers", "news"] * 6))

    sent = [topic for allowed in answers for topic in allowed]
    assert len(sent) == 3
    assert sent.count("offers") <= 2


MODEL_WINDOWS = st.lists(
    st.builds(
        Window,
        st.sampled_from(["all", "offers"]),
        st.builds(Cap, st.integers(1, 3), st.sampled_from(Period)),
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
# Steps to the borders of the windows, and some to either side of them.
STEPS = st.sampled_from(
    [0, 1, 3_600_000, *(round(1000 * one.total_seconds()) for one in DURATIONS.values())]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MODEL_WINDOWS, st.lists(st.tuples(STEPS, st.booleans()), max_size=14))
def test_the_script_takes_a_place_exactly_when_the_pure_rules_say_that_there_is_one(
    redis: Redis, windows: list[Window], steps: list[tuple[int, bool]]
) -> None:
    redis.flushall()
    caps, at = RedisCaps(redis), 1_800_000_000_000
    sent: dict[str, list[int]] = {"all": [], "offers": []}
    for number, (step, is_given_back) in enumerate(steps):
        at += step
        one = order(str(number), windows, at=at)
        expected = free_at(windows, sent, from_milliseconds(at)) is None

        assert caps.take([one]) == [expected]

        if expected and is_given_back:
            assert caps.give_back([one.reservation]) == [True]
        elif expected:
            for scope in one.reservation.scopes:
                sent[scope].append(at)
        [counted] = caps.counted([Counted((f"wa.{ADA}",), one.reservation.scopes)])
        assert free_at(windows, counted, from_milliseconds(at)) == free_at(
            windows, sent, from_milliseconds(at)
        )
