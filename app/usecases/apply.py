"""A worker applies one event: link identities, change the registers, keep the proof.

Every step may run twice, late and in any order, with the same result. The commit writes
preferences, evidence, dedupe and the change that others are told of together; what follows it
can be repeated from what it wrote.
Reading on: the confirmation opened here is sent in confirm.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from app.domain.business import Business
from app.domain.caps import every_scope
from app.domain.changes import cause_of, describe_change
from app.domain.commands import Command
from app.domain.confirmations import Confirmation
from app.domain.events import Act, Event, Source, event_to_json
from app.domain.language import choose_language
from app.domain.preferences import Outcome, Preferences, Transition, apply_event
from app.domain.records import Record
from app.domain.replies import Replies, choose_reply
from app.domain.state import topics_on
from app.domain.times import from_milliseconds, to_milliseconds
from app.ports import Inbox, Outbox, PreferenceLinks, PreferenceRecords, Reviews
from app.usecases.forget import Forgetter, forget_person, identities_of, remember
from app.usecases.identities import link_identities, root_of
from app.usecases.publish import Feed, publish
from app.usecases.questions import answered_question, review_entry
from app.usecases.reassign import Reassigner, SentCounts, reassign_number

# How long the sweeper leaves an event to the worker that took it.
LEASE = timedelta(seconds=4)
_MOST_CONFLICTS = 50


class ConflictError(Exception):
    """Too many others wrote the same record at once; the job runs again."""


@dataclass(frozen=True, slots=True)
class Applier:
    """What applying needs, put together once by the runtime."""

    inbox: Inbox
    preferences: PreferenceRecords
    outbox: Outbox
    reviews: Reviews
    links: PreferenceLinks
    caps: SentCounts
    feed: Feed
    forgetter: Forgetter
    reassigner: Reassigner
    business: Business
    replies: Replies
    countries: Mapping[str, str]


def apply_accepted(
    event_id: str, *, applier: Applier, now: datetime
) -> tuple[Event, Outcome] | None:
    """Apply one event of the inbox; None when it is done already."""
    event = applier.inbox.claim(event_id, now=now, lease=LEASE)
    if event is None:
        return None
    return event, finish(event, applier=applier, now=now)


def finish(event: Event, *, applier: Applier, now: datetime) -> Outcome:
    """Apply an accepted event to the end, and take it out of the inbox."""
    if event.act:
        return _act(event, applier, now)
    result = record(event, applier=applier, now=now)
    if result.confirmation:
        applier.outbox.open(result.confirmation, now)
    for identity in event.recipient.identities:
        if identity != result.identity:
            seen = {"see": result.identity, "at": to_milliseconds(now)}
            applier.preferences.mark_applied(identity, event.id, seen)
    _follow_question(event, result, applier)
    if event.previous:
        # The old number may be somebody else's by now; what it was sent opens nothing any more.
        applier.links.revoke(event.previous.identities)
        _carry_counts(event, result.identity, applier)
    # The number last, since its record may have taken in what the BSUID's had.
    told = [*reversed(event.recipient.identities), result.identity]
    publish(told, preferences=applier.preferences, feed=applier.feed)
    applier.inbox.done(event)
    return result.outcome


def _carry_counts(event: Event, identity: str, applier: Applier) -> None:
    """Let what was sent to the person under the former id go on counting under their caps.

    Until the change and no longer: later messages are the next owner's, and this may run late.
    """
    if event.previous is None:
        return
    former = (*event.previous.identities, root_of(event.previous, applier.preferences))
    sources = [one for one in dict.fromkeys(former) if one != identity]
    scopes = every_scope(applier.business)
    applier.caps.carry(sources, identity, scopes, until=event.occurred_at)


def _act(event: Event, applier: Applier, now: datetime) -> Outcome:
    """Do what is about a record as a whole."""
    if event.act is Act.REASSIGN:
        outcome, known = reassign_number(event, reassigner=applier.reassigner, now=now)
    else:
        known = identities_of(event.recipient, applier.preferences)
        outcome = forget_person(event, forgetter=applier.forgetter, now=now)
    publish(known, preferences=applier.preferences, feed=applier.feed)
    applier.inbox.done(event)
    return outcome


@dataclass(frozen=True, slots=True)
class Result:
    """What recording an event gave."""

    outcome: Outcome
    identity: str
    confirmation: Confirmation | None
    # The question that this event answers.
    answers: str | None = None


def record(event: Event, *, applier: Applier, now: datetime) -> Result:
    """Commit an event under the record that speaks for the person.

    Raises:
        ConflictError: the record was never free.
    """
    for _ in range(_MOST_CONFLICTS):
        root = link_identities(event, applier.preferences, applier.business, now)
        if root is None:
            continue
        if root.is_before_forgetting(event.occurred_at):
            if remember(event, root, forgetter=applier.forgetter):
                return Result(Outcome.STALE, root.identity, None)
            continue
        result = _commit(event, root, applier, now)
        # A link made meanwhile has moved the person's record; then the event goes there too.
        if result and root_of(event.recipient, applier.preferences) == root.identity:
            return result if result.confirmation else _with_earlier(event, result, applier)
    raise ConflictError(event.id)


def _with_earlier(event: Event, result: Result, applier: Applier) -> Result:
    """Return the result with the confirmation that an earlier commit of this event owes.

    It was committed under the person's BSUID just before that was linked to the phone number;
    under the number the same event then changes nothing any more.
    """
    if event.recipient.root == result.identity:
        return result
    earlier = applier.preferences.outcome_of(event.recipient.root, event.id) or {}
    return replace(result, confirmation=_confirmation_of(event, event.recipient.root, earlier))


def _commit(event: Event, root: Record, applier: Applier, now: datetime) -> Result | None:
    topics_of = partial(topics_on, business=applier.business)
    transition = apply_event(root.preferences, event, now, topics_of=topics_of)
    kind = choose_reply(event, transition)
    language = _language_of(event, transition.before, applier) if kind else None
    answer = applier.preferences.commit(
        root,
        transition.after,
        entry=_entry_of(event, transition, now),
        event_id=event.id,
        applied={
            "outcome": transition.outcome.value,
            "reply": kind.value if kind else None,
            "language": language,
            "answers": answered_question(transition),
            "at": to_milliseconds(now),
        },
        confirms=kind is not None,
        change=describe_change(
            root.identity,
            transition.before,
            transition.after,
            cause_of(event),
            business=applier.business,
            now=now,
        ),
    )
    if answer is None:
        return None
    outcome = Outcome.REPLAYED if answer.get("replayed") else transition.outcome
    if answer.get("outcome") == Outcome.REFUSED:
        outcome = Outcome.REFUSED  # whoever asked must hear it, though another worker was first
    # From what was committed, not from what was decided just now: a worker may have died between
    # its commit and here, and then this run says what that one would have said.
    return Result(
        outcome,
        root.identity,
        _confirmation_of(event, root.identity, answer),
        answer.get("answers"),
    )


def _follow_question(event: Event, result: Result, applier: Applier) -> None:
    """Keep the review list in step with the register of the question."""
    if result.answers:
        applier.reviews.close(result.answers)
    if event.command is not Command.UNSURE:
        return
    found = applier.preferences.load(result.identity)
    if found.forgotten:
        return  # their words are not kept, and their question stands as a no
    question = found.preferences.registers.get("question")
    # A notification that comes again must not open what has been answered since.
    if question and question.value is not None and question.stamp.event_id == event.id:
        applier.reviews.open(event.id, *review_entry(event, result.identity))


def _entry_of(event: Event, transition: Transition, now: datetime) -> dict[str, Any] | None:
    if not event.settings and event.command is None:
        return None
    before, after = _values(transition.before), _values(transition.after)
    return {
        "kind": "event",
        "at": to_milliseconds(now),
        "event": event_to_json(event),
        "outcome": transition.outcome.value,
        "changed": {
            name: [before.get(name), after.get(name)]
            for name in sorted({*before, *after})
            if before.get(name) != after.get(name)
        },
    }


def _values(preferences: Preferences) -> dict[str, Any]:
    return {name: register.value for name, register in preferences.registers.items()}


def _language_of(event: Event, before: Preferences, applier: Applier) -> str:
    number = applier.business.number(event.phone_number_id)
    earlier = before.value("language")
    return choose_language(
        words=event.language,
        earlier=str(earlier) if earlier else None,
        country=event.proof.get("country"),
        number=number.language if number else None,
        default=applier.business.language,
        available=applier.replies.languages,
        countries=applier.countries,
    )


def _confirmation_of(
    event: Event, identity: str, applied: Mapping[str, Any]
) -> Confirmation | None:
    if not applied.get("reply"):
        return None
    return Confirmation(
        id=event.id,
        identity=identity,
        recipient=event.recipient,
        kind=applied["reply"],
        language=applied["language"],
        occurred_at=event.occurred_at,
        created_at=from_milliseconds(applied["at"]),
        phone_number_id=event.phone_number_id,
        settings={name: value for name, value in event.settings.items() if name != "language"},
        details={
            "topic": event.topic,
            "topics": event.proof.get("opt_in_topics"),
            "business_name": event.proof.get("business_name"),
            "menu": event.proof.get("menu"),
            "tapped": event.source in {Source.BUTTON, Source.FLOW},
            "country": event.proof.get("country"),
            "answers": event.proof.get("message_id"),
            "window_from": event.proof.get("window_from"),
        },
    )
