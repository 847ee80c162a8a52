"""What the doctor looks at. Nothing secret or personal is in a finding."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.cli.endpoint_checks import check_endpoints
from app.cli.numbers import choose_numbers, name_number
from app.cli.output import describe_failure
from app.cli.webhook import ROUTE, HeaderMatch, match_header
from app.dialog360.client import HealthEntity, WebhookRegistration, list_webhook_problems
from app.domain.language import resolve_language
from app.ports import SendError, UnknownOutcomeError
from app.queues import ALL_QUEUES
from app.runtime import Runtime
from app.store.connection import StoreError
from app.web.health import STUCK_SECONDS, count_workers, inbox_age_seconds
from app.web.masking import mask_text
from config.business_check import judge_business
from config.check import judge_server
from config.findings import Finding, Level

_PINGS = 5
# A job costs RQ about twenty round trips to Redis.
_SLOW_PING_MILLISECONDS = 20
_CLOCK_WARN_SECONDS = 2
# Beyond this, messages "from the future" would be taken for now (app/domain/events.py).
_CLOCK_FAIL_SECONDS = 60
_REGISTER = "flask --app app webhook register https://<this application>"


def examine(runtime: Runtime) -> Iterator[Finding]:
    """Yield a finding for each thing that Heed needs."""
    yield from check_settings(runtime)
    yield from judge_business(runtime.business, runtime.clock())
    yield from check_languages(runtime)
    try:
        yield from check_store(runtime)
        yield from check_work(runtime)
        yield from check_endpoints(runtime)
    except StoreError as error:
        yield Finding(
            Level.FAIL,
            "redis",
            f"does not answer ({type(error).__name__})",
            "see REDIS_URL, and whether the server runs and lets this machine in; a certificate "
            "that it signed itself needs REDIS_TLS_VERIFY=no",
        )
    yield from check_numbers(runtime)


def check_settings(runtime: Runtime) -> Iterator[Finding]:
    """Look at what the environment says."""
    for warning in runtime.settings.warnings:
        yield Finding(Level.WARN, "settings", warning)
    if not runtime.settings.warnings:
        yield Finding(Level.OK, "settings", "complete")
    for number in runtime.business.numbers:
        if number.key_variable not in runtime.settings.d360_keys:
            yield Finding(
                Level.FAIL,
                "settings",
                f"{number.key_variable} is not set, so {name_number(number.phone_number_id)} "
                "would answer from the number of D360_API_KEY",
                f"set {number.key_variable}, or change `key` in business.toml",
            )


def check_languages(runtime: Runtime) -> Iterator[Finding]:
    """Look at which languages are understood, and which are answered in."""
    understood = set(runtime.lexicon.languages)
    answered = set(runtime.replies.languages)
    seen = f"{len(understood)} understood, {len(answered)} answered in"
    # A variant is answered in its sister language: Nynorsk in Bokmål.
    missing = sorted(code for code in understood if not resolve_language(code, answered))
    if runtime.business.language not in answered:
        yield Finding(
            Level.WARN,
            "languages",
            f"{seen}; business.toml's language {runtime.business.language} has no replies",
            "English is used instead; choose one of config/replies",
        )
    elif missing:
        yield Finding(
            Level.WARN,
            "languages",
            f"{seen}; no replies in {', '.join(missing)}",
            "people who write in these are answered in another language",
        )
    else:
        yield Finding(Level.OK, "languages", seen)


def check_store(runtime: Runtime) -> Iterator[Finding]:
    """Look at Redis: its version and safety, how fast it is, and its clock."""
    pings = [_milliseconds(runtime.redis.ping) for _ in range(_PINGS)]
    median = statistics.median(pings)
    seen = f"answers in {median:.1f} ms"
    if median > _SLOW_PING_MILLISECONDS:
        yield Finding(
            Level.WARN, "redis", seen, "each job makes twenty such trips; move them closer together"
        )
    else:
        yield Finding(Level.OK, "redis", seen)
    yield from judge_server(runtime.redis.info())
    before = runtime.clock()
    seconds, microseconds = runtime.redis.time()
    middle = before + (runtime.clock() - before) / 2
    yield judge_clock(
        (middle - datetime.fromtimestamp(seconds + microseconds / 1e6, tz=UTC)).total_seconds()
    )


def judge_clock(seconds: float) -> Finding:
    """Say what a difference between our clock and that of Redis means."""
    seen = f"{abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} that of Redis"
    advice = "let both machines take their time from NTP; order and pauses depend on it"
    if abs(seconds) > _CLOCK_FAIL_SECONDS:
        return Finding(Level.FAIL, "clock", seen, advice)
    if abs(seconds) > _CLOCK_WARN_SECONDS:
        return Finding(Level.WARN, "clock", seen, advice)
    return Finding(Level.OK, "clock", seen)


def check_work(runtime: Runtime) -> Iterator[Finding]:
    """Look at what is to be done, and who does it."""
    for queue, alive in count_workers(runtime).items():
        if alive:
            yield Finding(Level.OK, "workers", f"{alive} alive for {queue}")
        elif queue in ALL_QUEUES:
            yield Finding(
                Level.FAIL, "workers", f"none alive for {queue}", "start `python -m workers`"
            )
    waiting, age = runtime.inbox.size(), inbox_age_seconds(runtime)
    seen = f"{waiting} events wait, the oldest {age:.0f} s"
    if age >= STUCK_SECONDS:
        yield Finding(Level.FAIL, "inbox", seen, "they are held, not lost; see the workers and /rq")
    else:
        yield Finding(Level.OK, "inbox", seen)
    yield Finding(Level.OK, "outbox", f"{runtime.outbox.size()} confirmations wait")
    for queue in ALL_QUEUES:
        failed = runtime.queues.failed(queue)
        if failed:
            yield Finding(
                Level.WARN,
                "failed jobs",
                f"{failed} of {queue}",
                "read why at /rq, then requeue; the inbox has kept what they were to do",
            )
        else:
            yield Finding(Level.OK, "failed jobs", f"none of {queue}")


def check_numbers(runtime: Runtime) -> Iterator[Finding]:
    """Look at each number at 360dialog: its key, its health, and its webhook."""
    for number in choose_numbers(runtime, None):
        name = name_number(number)
        try:
            health = runtime.d360.health_status(phone_number_id=number)
        except (SendError, UnknownOutcomeError) as error:
            yield Finding(Level.FAIL, "360dialog", name, describe_failure(error))
            continue
        level = {"AVAILABLE": Level.OK, "LIMITED": Level.WARN}.get(health.can_send, Level.FAIL)
        state = health.can_send.lower() or "unknown"
        yield Finding(level, "360dialog", f"{name}: sending is {state}", _hints(health.entities))
        try:
            registration = runtime.d360.get_webhook(phone_number_id=number)
        except (SendError, UnknownOutcomeError) as error:
            yield Finding(Level.FAIL, "webhook", name, describe_failure(error))
            continue
        yield judge_webhook(registration, name, runtime)


def judge_webhook(registration: WebhookRegistration, name: str, runtime: Runtime) -> Finding:
    """Say whether notifications of a number can reach us."""
    if not registration.url:
        return Finding(Level.FAIL, "webhook", f"{name}: none is registered", _REGISTER)
    match = match_header(registration, runtime.settings)
    seen = f"{name}: {registration.masked_url}"
    if match in {HeaderMatch.WRONG, HeaderMatch.MISSING}:
        return Finding(
            Level.FAIL, "webhook", f"{seen}; the Authorization header {match.text}", _REGISTER
        )
    if match is HeaderMatch.FORMER:
        return Finding(
            Level.WARN, "webhook", f"{seen}; the Authorization header {match.text}", _REGISTER
        )
    parts = urlsplit(registration.url)
    if parts.path != ROUTE:
        return Finding(Level.WARN, "webhook", f"{seen} does not end in {ROUTE}", _REGISTER)
    is_sandbox = urlsplit(runtime.settings.d360_base_url).scheme == "http"
    problems = list_webhook_problems(registration.url, registration.headers)
    if problems and not is_sandbox:
        return Finding(Level.WARN, "webhook", f"{seen}: {'; '.join(problems)}", _REGISTER)
    return Finding(Level.OK, "webhook", f"{seen}; the Authorization header {match.text}")


def _hints(entities: tuple[HealthEntity, ...]) -> str:
    """Return what 360dialog says of the parts that are not well."""
    return " ".join(
        mask_text(f"{entity.kind}: {hint}")
        for entity in entities
        if entity.can_send != "AVAILABLE"
        for hint in entity.hints or (entity.can_send.lower(),)
    )


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000
