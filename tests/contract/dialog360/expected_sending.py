"""What becomes of each golden answer, and which golden request is ours."""

from dataclasses import dataclass

from app.dialog360.errors import AccountTroubleError
from app.ports import (
    PermanentSendError,
    ThrottledError,
    TransientSendError,
    UnknownOutcomeError,
)


@dataclass(frozen=True)
class Verdict:
    error: type[Exception]
    code: int | str | None = None
    retry_after: float | None = None


def permanent(code: int | str) -> Verdict:
    return Verdict(PermanentSendError, code)


def account(code: int | str) -> Verdict:
    return Verdict(AccountTroubleError, code)


def throttled(code: int | str, retry_after: float) -> Verdict:
    return Verdict(ThrottledError, code, retry_after)


def transient(code: int) -> Verdict:
    return Verdict(TransientSendError, code)


UNKNOWN = Verdict(UnknownOutcomeError)

EXPECTED_ERRORS = {
    "send_error_429_generic": throttled("endpoint_rate_limit", 3),
    "send_error_d360_400_api_disabled": account("api_disabled"),
    "send_error_d360_400_endpoint_rate_limit": throttled("endpoint_rate_limit", 5),
    "send_error_d360_400_endpoint_rate_limit_flat": throttled("endpoint_rate_limit", 5),
    "send_error_d360_400_lack_of_payment": account("lack_of_payment"),
    "send_error_d360_401_invalid_api_key": account("invalid_api_key"),
    "send_error_d360_401_invalid_api_key_flat": account("invalid_api_key"),
    "send_error_d360_403_endpoint_blocked": permanent("endpoint_blocked"),
    "send_error_d360_500_internal": UNKNOWN,
    "send_error_d360_502_not_available": UNKNOWN,
    "send_error_meta_100_invalid_parameter": permanent(100),
    "send_error_meta_130403_business_blocked_user": permanent(130403),
    "send_error_meta_130429_rate_limit": throttled(130429, 2),
    "send_error_meta_131000_something_went_wrong": transient(131000),
    "send_error_meta_131008_missing_param": permanent(131008),
    "send_error_meta_131009_invalid_value": permanent(131009),
    "send_error_meta_131016_service_unavailable": transient(131016),
    "send_error_meta_131026_undeliverable": permanent(131026),
    "send_error_meta_131031_account_locked": account(131031),
    "send_error_meta_131042_payment": account(131042),
    "send_error_meta_131047_reengagement": permanent(131047),
    "send_error_meta_131048_spam_rate_limit": account(131048),
    "send_error_meta_131050_marketing_stopped": permanent(131050),
    "send_error_meta_131056_pair_rate_limit": throttled(131056, 10),
    "send_error_meta_131057_maintenance": transient(131057),
    "send_error_meta_131062_bsuid_not_supported": permanent(131062),
    "send_error_meta_132001_template_missing": permanent(132001),
    "send_error_meta_190_token_expired": account(190),
    "send_error_meta_2_api_service": transient(2),
    "send_error_meta_368_policy_block": account(368),
    "send_error_meta_80007_waba_rate_limit": throttled(80007, 60),
    "send_error_sandbox_403_unverified_recipient": permanent(403),
    "send_error_sandbox_404_wrong_path": permanent(404),
}

_ID = "wamid.HQYMNDQ3NzAwOTAwMTIzFQIAEhgU"

EXPECTED_IDS = {
    "send_response_ok": f"{_ID}QUZCOEMxNzQ3MTA1OTk4NzVEQ0IA",
    "send_response_ok_bsuid": f"{_ID}NEVEODdDQUZFOTYwNjRDNUNFOTUA",
    "send_response_ok_onprem_201": "gBGHSRUUIXKJTwIJVQgXRR0rdXiv",
    "send_response_ok_template_accepted": f"{_ID}MTREQUVFNDNCRjk3MzQ1REY4RjQA",
    "send_response_ok_template_held": f"{_ID}RkI3NjA5NDBFRDY1ODlFOTE3NkEA",
    "send_response_ok_wa_id_differs": f"{_ID}QTBCNDAyMTE1MUE3NDlGQzVDQTgA",
    "send_response_ok_with_user_id": f"{_ID}QTY5QTRDNEMzRkQ3QTIyOENCMEUA",
}

BUILT_REQUESTS = {
    "send_request_text",
    "send_request_text_bsuid",
    "send_request_reply_buttons",
    "send_request_list",
}

SET_UP = {
    "d360_get_number_webhook_response",
    "d360_set_number_webhook_request",
    "health_status_available",
    "health_status_blocked",
}

NOT_OURS = {
    "block_users_request": "a blocked person could not send START",
    "block_users_response_ok": "a blocked person could not send START",
    "block_users_response_partial_400": "a blocked person could not send START",
    "d360_multi_webhook_enable_request": "set by hand; our webhook has to be the first",
    "d360_multi_webhook_get_response": "set by hand; our webhook has to be the first",
    "d360_set_waba_webhook_request": "one number at a time",
    "message_qrdls_create_response": "links are made by hand",
    "message_qrdls_list_response": "links are made by hand",
    "meta_hub_challenge_exchange": "360dialog asks for no challenge",
    "send_request_cta_url": "a confirmation carries no link",
    "send_request_mark_read": "whoever answers the person marks it as read",
    "send_request_mark_read_typing": "whoever answers the person marks it as read",
    "send_request_onprem_text": "the old hosted API is gone",
    "send_request_request_contact_info": "we read the answer, and ask nobody for a number",
    "send_request_template_quick_reply": "templates are sent by the business",
    "send_response_mark_read_ok": "whoever answers the person marks it as read",
}

ALL_OTHER_SAMPLES = {*EXPECTED_ERRORS, *EXPECTED_IDS, *BUILT_REQUESTS, *SET_UP, *NOT_OURS}
