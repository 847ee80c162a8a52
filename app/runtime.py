"""Everything put together once for a process: settings in, use cases ready to call.

Only the two composition roots call `build_runtime`: create_app() and the workers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from redis import Redis

from app.business_words import words_of
from app.clock import utc_now
from app.confirmation_metrics import ConfirmationMetrics
from app.countries import country_of
from app.deliveries import Deliveries, build_deliveries
from app.dialog360.bodies import build_confirmation_body
from app.dialog360.client import Dialog360Client
from app.dialog360.relay import Dialog360Relay
from app.domain.business import Business
from app.domain.confirmations import Confirmation
from app.domain.page_texts import PageTexts
from app.domain.receipt_paper import ReceiptTexts
from app.domain.replies import Replies
from app.gate import Gate, build_checker
from app.metrics import Metrics
from app.ports import Clock
from app.queues import JobQueues
from app.recognition import Lexicon, LexiconError, load_lexicon
from app.recognition.choices import build_choices
from app.recognition.loader import read_files
from app.recognition.normalize import keyword_key
from app.store.answers import RedisAnswers
from app.store.caps import RedisCaps
from app.store.connection import connect
from app.store.consents import RedisConsents
from app.store.erasing import RedisEraser
from app.store.evidence import RedisEvidence
from app.store.feed import RedisFeed
from app.store.figures import RedisFigures
from app.store.forgotten import RedisForgotten
from app.store.imports import RedisImports
from app.store.inbox import RedisInbox
from app.store.links import RedisLinks
from app.store.metrics import RedisMetrics
from app.store.outbox import RedisOutbox
from app.store.preferences import RedisPreferences
from app.store.review import RedisReviews
from app.store.templates import RedisTemplates
from app.tokens import Tokens, write_address
from app.usecases.apply import Applier
from app.usecases.ask_consent import Asker
from app.usecases.check import Checker
from app.usecases.confirm import Confirmer
from app.usecases.confirm_consent import ConsentReader
from app.usecases.forget import Forgetter
from app.usecases.forward import Forwarder
from app.usecases.preference_links import make_link
from app.usecases.reassign import Reassigner
from app.usecases.receive import Receiver
from app.usecases.record_consent import Recorder
from app.usecases.templates import TemplateTopics
from app.usecases.understand import Reader
from config.business import load_business
from config.endpoints import secrets_of
from config.pages_loader import load_page_texts
from config.receipts_loader import load_receipt_texts
from config.replies_loader import RepliesError, load_countries, load_replies
from config.settings import ROOT, Settings, SettingsError
from config.ways_loader import list_yes_words

_LONGEST_YES = 30


@dataclass(frozen=True, slots=True)
class Runtime:
    """What web routes and jobs take their things from."""

    settings: Settings
    business: Business
    lexicon: Lexicon
    replies: Replies
    redis: Redis
    queues: JobQueues
    inbox: RedisInbox
    preferences: RedisPreferences
    evidence: RedisEvidence
    imports: RedisImports
    figures: RedisFigures
    outbox: RedisOutbox
    reviews: RedisReviews
    feed: RedisFeed
    deliveries: Deliveries
    answers: RedisAnswers
    d360: Dialog360Client
    checker: Checker
    relay: Dialog360Relay
    templates: RedisTemplates
    gate: Gate
    metrics: Metrics
    metric_store: RedisMetrics
    clock: Clock
    links: RedisLinks
    tokens: Tokens
    page_texts: PageTexts
    receipt_texts: Mapping[str, ReceiptTexts]
    receiver: Receiver
    applier: Applier
    recorder: Recorder
    asker: Asker
    confirmer: Confirmer
    forwarder: Forwarder


def build_runtime(
    settings: Settings, *, for_worker: bool = False, clock: Clock = utc_now
) -> Runtime:
    """Put everything together; no connection is opened yet.

    Raises:
        SettingsError: business.toml or a data file cannot be used.
    """
    business = load_business(settings.business_file)
    _check_senders(business, settings)
    origins = (*business.website.origins, *settings.website_origins)
    business = replace(business, website=replace(business.website, origins=origins))
    try:
        lexicon = load_lexicon(ROOT / "config" / "lexicon", business=words_of(business))
        choices = build_choices(read_files(ROOT / "config" / "choices"))
        replies = load_replies(ROOT / "config" / "replies").with_overrides(business.replies)
    except (LexiconError, RepliesError) as error:
        raise SettingsError(str(error).splitlines()) from error
    redis = connect(
        settings.redis_url.reveal(), tls_verify=settings.redis_tls_verify, for_worker=for_worker
    )
    queues = JobQueues(redis)
    inbox = RedisInbox(redis, queues)
    secrets = [one.reveal() for one in (settings.secret_key, *settings.former_secret_keys)]
    forgotten = RedisForgotten(redis, secrets)
    preferences = RedisPreferences(redis, forgotten)
    checker = build_checker(redis, business, forgotten)
    outbox = RedisOutbox(redis, queues)
    reviews = RedisReviews(redis)
    links = RedisLinks(redis)
    consents, caps = RedisConsents(redis), RedisCaps(redis)
    feed = RedisFeed(redis, kept=timedelta(days=settings.feed_days))
    tokens = Tokens(settings.secret_key.reveal(), clock)
    metric_store = RedisMetrics(redis)
    metrics = Metrics(metric_store)
    d360 = Dialog360Client(settings.d360_base_url, _keys_of(business, settings))
    relay = Dialog360Relay(settings.d360_base_url, _keys_of(business, settings))
    templates = RedisTemplates(redis, accounts_of(business))
    applier = Applier(
        inbox=inbox,
        preferences=preferences,
        outbox=outbox,
        reviews=reviews,
        links=links,
        caps=caps,
        feed=feed,
        forgetter=Forgetter(preferences, forgotten, RedisEraser(redis), reviews, links, business),
        reassigner=Reassigner(preferences, links, consents, caps, reviews, business),
        business=business,
        replies=replies,
        countries=load_countries(ROOT / "config" / "countries.toml"),
    )
    return Runtime(
        settings=settings,
        business=business,
        lexicon=lexicon,
        replies=replies,
        redis=redis,
        queues=queues,
        inbox=inbox,
        preferences=preferences,
        evidence=RedisEvidence(redis),
        imports=RedisImports(redis),
        figures=RedisFigures(redis),
        outbox=outbox,
        reviews=reviews,
        feed=feed,
        deliveries=build_deliveries(
            business.endpoints,
            secrets_of(business.endpoints, settings.endpoint_secrets),
            redis=redis,
            feed=feed,
            clock=clock,
        ),
        answers=RedisAnswers(redis),
        d360=d360,
        checker=checker,
        gate=Gate(checker, clock),
        metrics=metrics,
        relay=relay,
        templates=templates,
        metric_store=metric_store,
        clock=clock,
        links=links,
        tokens=tokens,
        page_texts=load_page_texts(ROOT / "config" / "pages"),
        receipt_texts=load_receipt_texts(),
        applier=applier,
        recorder=Recorder(applier, country_of, settings.secret_key.reveal().encode()),
        receiver=Receiver(
            inbox,
            Reader(lexicon, choices, business),
            country_of,
            ConsentReader(consents, outbox, preferences, business, build_yes_reader()),
        ),
        asker=Asker(consents, preferences, outbox, business),
        confirmer=Confirmer(
            outbox=outbox,
            preferences=preferences,
            sender=d360,
            build_body=build_confirmation_body,
            business=business,
            replies=replies,
            link_page=page_linker(settings.public_url, tokens, links, clock),
            clock=clock,
            observer=ConfirmationMetrics(metrics, clock),
        ),
        forwarder=Forwarder(
            checker=checker,
            inbox=inbox,
            relay=relay,
            topic_of=TemplateTopics(business, templates, relay, clock).topic_of,
            clock=clock,
        ),
    )


def page_linker(
    public_url: str, tokens: Tokens, links: RedisLinks, clock: Clock
) -> Callable[[Confirmation], str | None]:
    """Return what makes the address of a person's own page, for the chat."""

    def link_page(confirmation: Confirmation) -> str | None:
        if not public_url:
            return None
        link = make_link(
            confirmation.recipient,
            links=links,
            now=clock(),
            language=confirmation.language,
            phone_number_id=confirmation.phone_number_id,
        )
        return write_address(public_url, tokens.sign_link(link.id))

    return link_page


def build_yes_reader() -> Callable[[str], bool]:
    """Return what tells whether words are a bare YES, in any of our languages."""
    words = frozenset(keyword_key(word) for word in list_yes_words())

    def is_yes(text: str) -> bool:
        return len(text) <= _LONGEST_YES and keyword_key(text) in words

    return is_yes


def accounts_of(business: Business) -> tuple[str, ...]:
    """Return the variables of all keys: numbers with one key have one list of templates."""
    return tuple(dict.fromkeys(["D360_API_KEY", *(one.key_variable for one in business.numbers)]))


def _check_senders(business: Business, settings: Settings) -> None:
    known = {token.name for token in settings.api_tokens if "send" in token.scopes}
    named = {name for number in business.numbers for name in number.senders}
    if named - known:
        unknown = sorted(named - known)
        raise SettingsError(
            [f"numbers: sender {name} is no token with the scope send" for name in unknown]
        )


def _keys_of(business: Business, settings: Settings) -> dict[str | None, str]:
    """Return the key of each number; a number that business.toml does not list has the default."""
    keys: dict[str | None, str] = {None: settings.d360_keys["D360_API_KEY"].reveal()}
    for number in business.numbers:
        key = settings.d360_keys.get(number.key_variable)
        if key:
            keys[number.phone_number_id] = key.reveal()
    return keys
