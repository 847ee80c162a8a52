"""What a business has said about itself: its numbers, its topics, its policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.channels import Channel
from app.domain.endpoints import Endpoint
from app.domain.flows import Flow
from app.domain.frequency import Cap
from app.domain.quiet_rules import QuietRule
from app.domain.sources import OptInSource


class Category(StrEnum):
    """Meta's template categories. Their names are reserved: no topic may be called like one."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of message that a recipient can choose.

    `default` is what holds for those who have not said. `essential` topics, which the law or the
    person needs, are ended by STOP alone.
    """

    id: str
    category: Category
    default: bool = True
    essential: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    # One line about what comes under this name, where a list or a page has room for it.
    descriptions: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, language: str, fallback: str = "en") -> str:
        """Return the topic's name for people who read this language."""
        return self.names.get(language) or self.names.get(fallback) or self.id

    def description(self, language: str, fallback: str = "en") -> str:
        """Return the topic's description, which may be empty."""
        return self.descriptions.get(language) or self.descriptions.get(fallback) or ""


@dataclass(frozen=True, slots=True)
class Number:
    """One business number; `key_variable` names the environment variable with its 360dialog key.

    `senders` are the names of the API tokens that send through it; none stands for all of those
    that no number names.
    """

    phone_number_id: str
    display_phone_number: str = ""
    key_variable: str = "D360_API_KEY"
    language: str | None = None
    senders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Choices that the law of a country or the business makes."""

    default_pause_days: int = 30
    longest_pause_days: int = 365
    # Past so many answers an hour to one person we are talking to a machine (design 2.6).
    replies_per_hour: int = 10
    # Nobody but a person taps, and who looks through lists is answered at every step.
    taps_per_hour: int = 60
    # Categories that may be sent to people who have said neither yes nor no.
    allow_unknown: frozenset[Category] = frozenset({Category.UTILITY, Category.AUTHENTICATION})
    # Countries (ISO 3166) where the confirmation of STOP must not mention a way back.
    no_way_back: frozenset[str] = frozenset()
    # Whether an opt-in that others recorded, and that is newer, lifts what the person ended.
    recorded_opt_in_lifts_stop: bool = False
    # Caps of the business's own, for everybody: "all", a category or a topic → caps.
    caps: Mapping[str, tuple[Cap, ...]] = field(default_factory=dict)

    def pause_days(self, asked: int | None) -> int:
        """Return how long a pause lasts, within the bounds."""
        return max(1, min(asked or self.default_pause_days, self.longest_pause_days))


@dataclass(frozen=True, slots=True)
class Page:
    """How the preference page looks, and where it may be embedded.

    `accent` and `accent_dark` color buttons and links on light and dark screens. `logo` is an
    https address or the path of a file. `panel_origins` are the sites, such as
    "https://shop.example", that may show the page inside one of their own.
    """

    accent: str = "#0b66a8"
    accent_dark: str = "#6cb6ef"
    logo: str = ""
    panel_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Website:
    """Where the ways in may be shown, and how their forms ask for a second yes.

    `origins` are sites such as "https://shop.example". `template` is an approved template in
    `template_languages` that asks the owner of a number (docs/opt-in.md); without one there are
    no forms that take numbers. The rest bounds what a script can make us send.
    """

    origins: tuple[str, ...] = ()
    template: str = ""
    template_languages: tuple[str, ...] = ()
    pending_hours: int = 48
    forms_per_address: int = 10
    questions_per_number: int = 2
    questions_per_hour: int = 100


@dataclass(frozen=True, slots=True)
class Business:
    """The whole of business.toml."""

    name: str
    language: str = "en"
    numbers: tuple[Number, ...] = ()
    topics: tuple[Topic, ...] = ()
    policy: Policy = field(default_factory=Policy)
    # Payloads of templates that exist already → "STOP", "STOP:offers", "START", "PAUSE:7" …
    payloads: Mapping[str, str] = field(default_factory=dict)
    # Words of the business's own, laid over the lexicon: language → command → words.
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    # Texts of the business's own, laid over config/replies: language → key → text.
    replies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # On which channels beside WhatsApp the business can write; people may choose among them.
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL)
    # What the answers to the business's WhatsApp Flows mean.
    flows: tuple[Flow, ...] = ()
    # Names of templates → a topic or a category, where their category at WhatsApp is not enough.
    templates: Mapping[str, str] = field(default_factory=dict)
    page: Page = field(default_factory=Page)
    website: Website = field(default_factory=Website)
    # The ways in.
    sources: tuple[OptInSource, ...] = ()
    # When it begins no message.
    quiet_hours: tuple[QuietRule, ...] = ()
    # Where events are delivered to.
    endpoints: tuple[Endpoint, ...] = ()

    def topic(self, topic_id: str) -> Topic | None:
        """Return the topic of this id, or None."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def number(self, phone_number_id: str | None) -> Number | None:
        """Return the number of this id, or None where it is not in business.toml."""
        return next((one for one in self.numbers if one.phone_number_id == phone_number_id), None)

    def source(self, source_id: str) -> OptInSource | None:
        """Return the opt-in source of this id, or None."""
        return next((source for source in self.sources if source.id == source_id), None)

    def numbers_of(self, sender: str) -> tuple[Number, ...]:
        """Return the numbers that a sender may send through, by the name of its API token."""
        named = tuple(one for one in self.numbers if sender in one.senders)
        return named or tuple(one for one in self.numbers if not one.senders)
