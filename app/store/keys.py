"""Every key that Heed has in Redis, built here and nowhere else (docs/redis-keys.md).

The part in braces is the hash tag of Redis Cluster: all keys of one identity lie on one node.
"""

INBOX_ENTRIES = "heed:{inbox}:entries"
INBOX_DUE = "heed:{inbox}:due"
INBOX_ATTEMPTS = "heed:{inbox}:attempts"
OUTBOX_DUE = "heed:{outbox}:due"
SWEEPER_LEASE = "heed:{sweeper}:lease"
REVIEW_ENTRIES = "heed:{review}:entries"
REVIEW_OPEN = "heed:{review}:open"
REVIEW_DECISIONS = "heed:{review}:decisions"
METRICS = "heed:{metrics}:values"
FIGURES = "heed:{figures}:counted"
ACCESS_LOG = "heed:{access}:log"
FORGOTTEN_ANY = "heed:{forgotten}:any"
FORGOTTEN_LOG = "heed:{forgotten}:log"
FEED_EVENTS = "heed:{feed}:events"
FEED_TRIMMED = "heed:{feed}:trimmed"
FEED_RESTRICTED = "heed:{feed}:restricted"
FEED_PAUSES = "heed:{feed}:pauses"


def preferences_key(identity: str) -> str:
    """HASH: version, record (JSON), head of the evidence chain."""
    return f"heed:{{{identity}}}:preferences"


def evidence_key(identity: str) -> str:
    """LIST: the evidence chain, oldest first, one JSON object an entry."""
    return f"heed:{{{identity}}}:evidence"


def holds_key(identity: str) -> str:
    """HASH: event id → scope of a restriction that is accepted and not yet applied."""
    return f"heed:{{{identity}}}:holds"


def applied_key(identity: str, event_id: str) -> str:
    """STRING: what applying this event gave; it is the dedupe record."""
    return f"heed:{{{identity}}}:applied:{event_id}"


def silent_key(identity: str) -> str:
    """ZSET: applied events that left no evidence, by when; forgetting finds their records by it."""
    return f"heed:{{{identity}}}:silent"


def window_key(identity: str) -> str:
    """STRING: when the person last wrote, in milliseconds; expires with the service window."""
    return f"heed:{{{identity}}}:window"


def link_key(identity: str) -> str:
    """STRING: the phone number that a BSUID is linked to; a copy for the webhook's one look."""
    return f"heed:{{{identity}}}:link"


def reply_count_key(identity: str) -> str:
    """STRING: replies sent to the person's words within the hour."""
    return f"heed:{{{identity}}}:replies"


def tap_count_key(identity: str) -> str:
    """STRING: replies sent to the person's taps within the hour."""
    return f"heed:{{{identity}}}:tap-replies"


def sending_key(identity: str) -> str:
    """STRING: the lease of the worker that is sending to the person."""
    return f"heed:{{{identity}}}:sending"


def pending_key(identity: str) -> str:
    """ZSET: the person's confirmations that are not sent yet, in the order of their changes."""
    return f"heed:{{{identity}}}:pending"


def sent_key(identity: str, scope: str) -> str:
    """ZSET: messages that count under the person's caps in a scope, by when; expires."""
    return f"heed:{{{identity}}}:sent:{scope}"


def unpublished_key(identity: str) -> str:
    """LIST: changes of the person that are committed and may not be in the feed yet (JSON)."""
    return f"heed:{{{identity}}}:unpublished"


def feed_entries_key(person: str) -> str:
    """HASH: the person's changes in the feed → id of the entry; expires with the last entry."""
    return f"heed:{{feed}}:entries:{person}"


def forgotten_key(digest: str) -> str:
    """HASH: version, and what a forgotten person had forbidden (JSON), under a keyed hash."""
    return f"heed:{{forgotten.{digest}}}:suppression"


def confirmation_key(confirmation_id: str) -> str:
    """HASH: version and record (JSON) of one confirmation."""
    return f"heed:{{confirmation.{confirmation_id}}}:state"


def preference_link_key(link_id: str) -> str:
    """STRING: whose preference page a link opens (JSON); expires with the link."""
    return f"heed:{{preference-link.{link_id}}}:person"


def preference_changes_key(link_id: str) -> str:
    """STRING: changes made through a link within ten minutes."""
    return f"heed:{{preference-link.{link_id}}}:changes"


def preference_links_key(identity: str) -> str:
    """ZSET: the person's links by when they expire, so that all can be taken back."""
    return f"heed:{{{identity}}}:preference-links"


def pending_consent_key(consent_id: str) -> str:
    """STRING: what a form said (JSON), until long after nobody may confirm it any more."""
    return f"heed:{{pending-consent.{consent_id}}}:request"


def asked_consent_key(identity: str) -> str:
    """LIST: the pending consents that this number was asked about, the last one first."""
    return f"heed:{{{identity}}}:asked-consent"


def asking_key(identity: str) -> str:
    """STRING: a form of this number is being read; expires within seconds."""
    return f"heed:{{{identity}}}:asking"


def pending_consents_key(identity: str) -> str:
    """ZSET: the number's pending consents by when they end, so that all can be found."""
    return f"heed:{{{identity}}}:pending-consents"


def consent_asks_key(identity: str) -> str:
    """STRING: questions of forms to this number within 30 days."""
    return f"heed:{{{identity}}}:consent-asks"


def referral_key(identity: str) -> str:
    """STRING: the ad that the person came from (JSON), for a week."""
    return f"heed:{{{identity}}}:referral"


def form_count_key(of: str) -> str:
    """STRING: forms within the hour, from one address, or with a number in all; expires."""
    return f"heed:{{opt-in-form}}:{of}"


def answer_key(digest: str) -> str:
    """STRING: what a request with an idempotency key was answered; expires after a day."""
    return f"heed:{{answer.{digest}}}:kept"


def sign_in_key(kind: str, digest: str) -> str:
    """HASH: attempts to sign in to the console under a name or from an address; expires."""
    return f"heed:{{sign-in}}:{kind}:{digest}"


def console_session_key(digest: str) -> str:
    """HASH: one session of the console: who, since when, and whom it has looked up; expires."""
    return f"heed:{{console.{digest}}}:session"


def endpoint_progress_key(endpoint_id: str) -> str:
    """STRING: how far an endpoint is in the feed."""
    return f"heed:{{endpoint.{endpoint_id}}}:progress"


def endpoint_health_key(endpoint_id: str) -> str:
    """HASH: version and record (JSON) of how an endpoint has been doing."""
    return f"heed:{{endpoint.{endpoint_id}}}:health"


def endpoint_events_key(endpoint_id: str) -> str:
    """HASH: event id → event that the endpoint has not got, with its lane (JSON)."""
    return f"heed:{{endpoint.{endpoint_id}}}:events"


def endpoint_waiting_key(endpoint_id: str) -> str:
    """ZSET: event id by when it was taken in for the endpoint."""
    return f"heed:{{endpoint.{endpoint_id}}}:waiting"


def endpoint_tries_key(endpoint_id: str) -> str:
    """HASH: event id → how often it was tried, and how the last attempt ended (JSON)."""
    return f"heed:{{endpoint.{endpoint_id}}}:tries"


def endpoint_due_key(endpoint_id: str) -> str:
    """ZSET: lane by when its first event is tried next."""
    return f"heed:{{endpoint.{endpoint_id}}}:due"


def endpoint_leased_key(endpoint_id: str) -> str:
    """ZSET: lane by until when a worker has it in hand."""
    return f"heed:{{endpoint.{endpoint_id}}}:leased"


def endpoint_dead_key(endpoint_id: str) -> str:
    """ZSET: event id of a dead letter by when it was given up."""
    return f"heed:{{endpoint.{endpoint_id}}}:dead"


def endpoint_lane_key(endpoint_id: str, lane: str) -> str:
    """LIST: the ids of one person's events for the endpoint, the oldest first."""
    return f"heed:{{endpoint.{endpoint_id}}}:lane:{lane}"


def metrics_batch_key(source: str) -> str:
    """STRING: the last batch of numbers that a process has handed on; expires."""
    return f"heed:{{metrics}}:batch:{source}"


def templates_key(account: str) -> str:
    """HASH: name of a template → its category by language (JSON), and when the list was read."""
    return f"heed:{{templates.{account}}}:categories"


def templates_pause_key(account: str) -> str:
    """STRING: somebody has just read the list, or tried to; expires."""
    return f"heed:{{templates.{account}}}:pause"


def import_key(digest: str) -> str:
    """STRING: how far the import of one file has come (JSON, numbers alone); expires."""
    return f"heed:{{import.{digest}}}:progress"
