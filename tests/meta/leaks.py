"""Known personal values, and every place where they must not turn up."""

import base64
import io
import json
import logging
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer

from config.logging import JSONFormatter, TextFormatter

PHONE = "447700900987"
BSUID = "GB.99887766554433221100"
NAME = "Zebedee Quixote"
STOP_WORDS = "UnSuBsCrIbE!!"
ORDINARY_WORDS = "my card number is purple-elephant-4711"
LABEL = "Enough of zanzibar"
REASON = "she called and cried"
ACTOR = "agent-petronella"
D360_KEY = "known-d360-key-91c2"
WEBHOOK_TOKEN = "known-webhook-token-77ab"
SIGNING_SECRET = "known-signing-secret-33cd"
API_SECRET = "known-api-secret-55ef"
SECRET_KEY = "known-secret-key-0b1c2d"

SECRETS = {
    "phone number": PHONE,
    "national part of it": PHONE[2:],
    "BSUID": BSUID,
    "digits of the BSUID": BSUID[3:],
    "name": NAME,
    "words of a STOP": STOP_WORDS,
    "words of another message": ORDINARY_WORDS,
    "label of a button": LABEL,
    "reason of an agent": REASON,
    "key of 360dialog": D360_KEY,
    "token of the webhook": WEBHOOK_TOKEN,
    "signing secret": SIGNING_SECRET,
    "secret of the API": API_SECRET,
    "secret key": SECRET_KEY,
}
_LONGEST_COMMON = 12


def message_id(number: int) -> str:
    """Return a message id like WhatsApp's: base64 with the phone number in it."""
    inside = f"\x02{PHONE}\x15\x02{number:08d}".encode()
    return f"wamid.{base64.b64encode(inside).decode()}"


class Listener(logging.Handler):
    """Keeps every record of every logger, as both formatters would print it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._out = io.StringIO()
        self._formatters = (JSONFormatter(), TextFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, with its arguments and its fields whatever the formatter shows."""
        for formatter in self._formatters:
            self._out.write(formatter.format(record) + "\n")
        self._out.write(f"{record.__dict__!r}\n")

    @property
    def text(self) -> str:
        """Everything that was logged."""
        return self._out.getvalue()


@contextmanager
def listening() -> Iterator[Listener]:
    """Hear everything that is logged, RQ at its most talkative."""
    handler = Listener()
    loggers = [logging.getLogger(name) for name in ("", "rq", "rq.worker", "rq.queue", "urllib3")]
    levels = [one.level for one in loggers]
    loggers[0].addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG)
    yield handler
    loggers[0].removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


def read_rq(redis: Redis) -> str:
    """Return all that RQ keeps, compressed parts and results taken apart as well."""
    parts: list[str] = []
    for key in sorted(redis.scan_iter("rq:*")):
        parts.append(key.decode(errors="replace"))
        parts.extend(_readings(value) for value in _values_of(redis, key))
        if key.startswith(b"rq:job:"):
            parts.extend(_read_job(redis, key.decode().removeprefix("rq:job:")))
    return "\n".join(parts)


def _read_job(redis: Redis, job_id: str) -> Iterable[str]:
    job = Job.fetch(job_id, connection=redis, serializer=JSONSerializer)
    result = job.latest_result()
    yield json.dumps([job.args, job.kwargs, job.description, job.meta])
    yield str(result.exc_string) if result else ""


def _values_of(redis: Redis, key: bytes) -> Iterator[bytes]:
    match redis.type(key):
        case b"string":
            yield redis.get(key)
        case b"hash":
            for name, value in redis.hgetall(key).items():
                yield name
                yield value
        case b"list":
            yield from redis.lrange(key, 0, -1)
        case b"set":
            yield from redis.smembers(key)
        case b"zset":
            yield from redis.zrange(key, 0, -1)
        case b"stream":
            for _, fields in redis.xrange(key):
                for value in fields.values():
                    yield value


def _readings(value: bytes) -> str:
    texts = [value.decode(errors="replace")]
    for decode in (zlib.decompress, _inflate_base64):
        try:
            texts.append(decode(value).decode(errors="replace"))
        except (zlib.error, ValueError):
            continue
    return "\n".join(texts)


def _inflate_base64(value: bytes) -> bytes:
    return zlib.decompress(base64.b64decode(value, validate=True))


def find_leaks(places: dict[str, str]) -> list[str]:
    """Return what was found where, by name and never by value, so that CI's log holds none."""
    return [
        f"{what} in {where}"
        for where, text in places.items()
        for what, secret in [*SECRETS.items(), *_message_ids()]
        if secret in text or _escaped(secret) in text
    ]


def _message_ids() -> list[tuple[str, str]]:
    # What all of our ids have in common is the number in base64; a part of it is enough to tell.
    common = message_id(1).removeprefix("wamid.")[:_LONGEST_COMMON]
    return [("message id", common)]


def _escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def item(number: int, **content: Any) -> dict[str, Any]:
    """Return one message of the known person."""
    return {
        "from": PHONE,
        "from_user_id": BSUID,
        "id": message_id(number),
        **content,
    }
