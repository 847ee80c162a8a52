"""`ETag`, `If-Match` and `Idempotency-Key`: change what you have seen, and change it once."""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, g, jsonify, request

from app.domain.times import from_milliseconds, to_milliseconds
from app.runtime import Runtime
from app.web.errors import ProblemError

_TAG = re.compile(r'(W/)?"([^"]*)"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_REVISION = re.compile(r"0|[1-9][0-9]{0,17}")
REFUSED_AT = "refused_at"
# The answer is kept without the person's ids; they are in the request that asks for it again.
_IDS = ("recipient", "bsuid")


def tag_of(revision: int) -> str:
    """Return the ETag of a recipient at this revision."""
    return f'"{revision}"'


def answer_recipient(view: Mapping[str, Any]) -> Response:
    """Return a recipient in JSON with its ETag."""
    response = jsonify(view)
    response.headers["ETag"] = tag_of(view["revision"])
    return response


def changed_meanwhile(revision: int) -> ProblemError:
    """Return the problem that the record is not what the caller has seen."""
    return ProblemError(
        412,
        "Changed meanwhile",
        f"The recipient is at revision {revision} now. Read it, decide again, and send its ETag "
        "as `If-Match`; leave the header out to change it as it is.",
        headers={"ETag": tag_of(revision)},
    )


def read_if_match(current_revision: Callable[[], int]) -> int | None:
    """Return the revision that the caller has seen; None where any will do.

    `current_revision` is asked only where the caller names several.

    Raises:
        ProblemError: 400 for what is no entity tag; 412 for one that is no revision.
    """
    header = request.headers.get("If-Match", "").strip()
    if header in {"", "*"}:
        return None
    tags = _TAG.findall(header)
    if not tags or _TAG.sub("", header).strip(", \t"):
        raise ProblemError(
            400, "Not an entity tag", '`If-Match` is the ETag that was read, e.g. "7".'
        )
    # Weak tags never match here (RFC 9110, 13.1.1), and nor does what we never gave.
    seen = {int(tag) for weak, tag in tags if not weak and _REVISION.fullmatch(tag)}
    if len(seen) == 1:
        return seen.pop()
    current = current_revision()
    if current in seen:
        return current
    raise changed_meanwhile(current)


@dataclass(frozen=True, slots=True)
class Claim:
    """One request as its idempotency key knows it; `answer` is there when it was answered before.

    Without a key every request is a new one, and its answer is not kept.
    """

    change_id: str
    at: datetime
    digest: str | None = None
    fingerprint: str = ""
    answer: Mapping[str, Any] | None = None


def claim_request(body: Mapping[str, Any], runtime: Runtime, now: datetime) -> Claim:
    """Return the claim of this request.

    Raises:
        ProblemError: 400 for a malformed key, 422 for one that belongs to another request.
    """
    claim = Claim(uuid.uuid4().hex, now)
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return claim
    if not _KEY.fullmatch(key):
        raise ProblemError(
            400, "Not a key", "`Idempotency-Key` is 1 to 255 visible ASCII characters, e.g. a UUID."
        )
    digest = _digest(runtime, g.caller, key)
    said = [request.method, request.path, request.headers.get("If-Match"), body]
    fingerprint = _digest(runtime, json.dumps(said, sort_keys=True))
    record = {"fingerprint": fingerprint, "id": claim.change_id, "at": to_milliseconds(now)}
    found = runtime.answers.claim(digest, record)
    if not hmac.compare_digest(found["fingerprint"], fingerprint):
        raise ProblemError(
            422,
            "Key used before",
            "Another request had this `Idempotency-Key` within 24 hours. Use a new one.",
        )
    return Claim(
        found["id"], from_milliseconds(found["at"]), digest, fingerprint, found.get("answer")
    )


def keep_answer(claim: Claim, answer: Mapping[str, Any], runtime: Runtime) -> None:
    """Keep what is answered for whoever asks again with the same key."""
    if claim.digest is None:
        return
    record = {
        "fingerprint": claim.fingerprint,
        "id": claim.change_id,
        "at": to_milliseconds(claim.at),
        "answer": {name: value for name, value in answer.items() if name not in _IDS},
    }
    runtime.answers.complete(claim.digest, record)


def answer_again(answer: Mapping[str, Any], view: Mapping[str, Any]) -> Response:
    """Return what was answered the first time; `view` gives the person's ids.

    Raises:
        ProblemError: 412, if that was the answer.
    """
    if REFUSED_AT in answer:
        raise changed_meanwhile(answer[REFUSED_AT])
    response = answer_recipient({**{name: view[name] for name in _IDS}, **answer})
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _digest(runtime: Runtime, *parts: str) -> str:
    """Return a keyed hash: keys and bodies may name a person."""
    text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hmac.new(runtime.settings.secret_key.reveal().encode(), text, hashlib.sha256).hexdigest()
