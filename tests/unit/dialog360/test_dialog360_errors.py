from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dialog360.errors import AccountTroubleError, classify, parse_retry_after
from app.ports import (
    PermanentSendError,
    SendError,
    ThrottledError,
    TransientSendError,
    UnknownOutcomeError,
)

CODES: dict[type[Exception], list[int]] = {
    ThrottledError: [4, 80007, 130429, 131056],
    TransientSendError: [2, 131000, 131016, 131053, 131057, 133004],
    AccountTroubleError: [
        *(0, 10, 190, 200, 299, 368, 130497, 131005, 131031, 131042, 131045, 131048, 131064)
    ],
    PermanentSendError: [
        *(100, 130403, 130472, 131008, 131009, 131021, 131026, 131030, 131047, 131049, 131050),
        *(131051, 131062, 131063, 132000, 132001, 132016, 470, 498),
    ],
}


@pytest.mark.parametrize(
    ("kind", "code"), [(kind, code) for kind, codes in CODES.items() for code in codes]
)
@pytest.mark.parametrize("status", [200, 400, 403, 500, 503])
@pytest.mark.parametrize(
    "shape",
    [
        lambda code: {"error": {"code": code, "message": "internal server error"}},
        lambda code: {"error": {"code": str(code)}},
        lambda code: {"errors": [{"code": code, "title": "x"}]},
    ],
)
def test_a_known_code_decides_whatever_the_status(
    kind: type[Exception], code: int, status: int, shape: Any
) -> None:
    error = classify(status, shape(code))

    assert type(error) is kind
    assert isinstance(error, SendError)
    assert error.code == code


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("You have exceeded the endpoint rate limit.", ThrottledError),
        ("Could not send message due to lack of payment", AccountTroubleError),
        ("Your WhatsApp for Business API has been disabled", AccountTroubleError),
        ("INVALID API KEY", AccountTroubleError),
        ("Invalid api_key", AccountTroubleError),
        ("The endpoint is blocked", PermanentSendError),
        ("Internal server error", UnknownOutcomeError),
        ("WhatsApp for Business API not available", UnknownOutcomeError),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 500, 502])
@pytest.mark.parametrize(
    "shape",
    [
        lambda text: {"error": text},
        lambda text: {"detail": text},
        lambda text: {"message": text},
        lambda text: {"error": {"message": text}},
        lambda text: {"meta": {"success": False, "http_code": 400, "developer_message": text}},
        lambda text: {"meta": {"developer_message": 5, "details": text}},
    ],
)
def test_the_gateways_text_decides_in_every_shape(
    text: str, kind: type[Exception], status: int, shape: Any
) -> None:
    assert type(classify(status, shape(text))) is kind


def test_an_unknown_code_is_kept_and_judged_by_the_status() -> None:
    refused = classify(400, {"error": {"code": 999999}})
    failed = classify(500, {"error": {"code": 999999}})

    assert isinstance(refused, PermanentSendError)
    assert refused.code == 999999
    assert isinstance(failed, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("3", None, 3),
        ("0.5", None, 0.5),
        ("99999999", None, 3600),
        ("-3", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("soon", None, None),
        ("Fri, 20 Nov 2026 12:00:30 GMT", "Fri, 20 Nov 2026 12:00:00 GMT", 30),
        ("Fri, 20 Nov 2026 11:00:00 GMT", "Fri, 20 Nov 2026 12:00:00 GMT", None),
        ("Fri, 20 Nov 2026 12:00:30 GMT", None, None),
        ("Fri, 20 Nov 2026 12:00:30 GMT", "Fri, 20 Nov 2026 12:00:00 -0000", None),
        ("Fri, 20 Nov 99999 12:00:30 GMT", "x", None),
    ],
)
def test_a_wait_is_read_in_both_forms(
    value: str | None, date: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(value, date) == seconds


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "errors", "meta", "code", "message", "detail", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(status=st.integers(200, 599), body=JSON)
def test_any_answer_is_classified(status: int, body: object) -> None:
    assert isinstance(classify(status, body), SendError | UnknownOutcomeError)


@given(value=st.text(max_size=40), date=st.none() | st.text(max_size=40))
def test_any_header_is_read(value: str, date: str | None) -> None:
    seconds = parse_retry_after(value, date)

    assert seconds is None or 0 <= seconds <= 3600
