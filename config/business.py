"""business.toml into a Business; every problem is reported at once."""

import tomllib
from pathlib import Path
from typing import Any

from app.domain.business import Business, Category, Number, Policy, Topic
from app.domain.channels import Channel
from config.business_page import read_page
from config.endpoints import read_endpoints
from config.flows import read_flows
from config.policy_caps import read_caps
from config.quiet_hours import read_quiet_hours
from config.settings import SettingsError
from config.sources import read_sources
from config.website import read_website

_TOP_LEVEL = {
    "name",
    "language",
    "numbers",
    "topics",
    "policy",
    "payloads",
    "words",
    "replies",
    "page",
    "channels",
    "flows",
    "sources",
    "website",
    "quiet_hours",
    "endpoints",
    "templates",
}
# WhatsApp and "none" need no entry.
_CHANNELS = [Channel.SMS.value, Channel.EMAIL.value]
# It stands in the ids of buttons and rows, of which WhatsApp takes 200 characters.
_LONGEST_TOPIC_ID = 100
_RESERVED_TOPICS = {category.value for category in Category} | {"all", "*"}


def load_business(path: Path) -> Business:
    """Read business.toml.

    Raises:
        SettingsError: the file is not TOML, or says something that cannot be meant.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"{path.name} cannot be read: {error}"]) from error
    problems: list[str] = []
    unknown = sorted(set(document) - _TOP_LEVEL)
    if unknown:
        problems.append(f"{path.name}: unknown entries {', '.join(unknown)}")
    if not isinstance(document.get("name"), str) or not document.get("name", "").strip():
        problems.append(f"{path.name}: name is missing; people must see who writes to them")
    try:
        business = Business(
            name=str(document.get("name", "")),
            language=str(document.get("language", "en")),
            numbers=tuple(_number(entry, problems) for entry in document.get("numbers", [])),
            topics=tuple(_topic(entry, problems) for entry in document.get("topics", [])),
            channels=_channels(document.get("channels", _CHANNELS), problems),
            policy=_policy(document.get("policy", {}), _topic_ids(document), problems),
            payloads=dict(document.get("payloads", {})),
            words={
                language: {command: tuple(words) for command, words in by_command.items()}
                for language, by_command in document.get("words", {}).items()
            },
            replies={
                language: dict(texts) for language, texts in document.get("replies", {}).items()
            },
            flows=read_flows(
                document.get("flows", {}),
                _topic_ids(document),
                problems,
            ),
            quiet_hours=read_quiet_hours(document.get("quiet_hours", []), problems),
            endpoints=read_endpoints(document.get("endpoints", []), problems),
            templates={
                str(name): str(topic) for name, topic in document.get("templates", {}).items()
            },
            page=read_page(document.get("page", {}), path.parent, problems),
            website=read_website(document.get("website", {}), problems),
            sources=read_sources(
                document.get("sources", []),
                business_name=str(document.get("name", "")),
                language=str(document.get("language", "en")),
                topics=[str(entry.get("id", "")) for entry in document.get("topics", [])],
                numbers=[str(one.get("phone_number_id")) for one in document.get("numbers", [])],
                problems=problems,
            ),
        )
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        problems.append(f"{path.name}: an entry has the wrong shape ({error})")
        raise SettingsError(problems) from error
    ids = [topic.id for topic in business.topics]
    problems.extend(
        f"{path.name}: topic {one} stands twice"
        for one in sorted({i for i in ids if ids.count(i) > 1})
    )
    known = [*ids, *(category.value for category in Category)]
    problems.extend(
        f"templates: {name} needs one of {', '.join(known)}"
        for name, topic in business.templates.items()
        if topic not in known
    )
    if problems:
        raise SettingsError(problems)
    return business


def _number(entry: dict[str, Any], problems: list[str]) -> Number:
    phone_number_id = str(entry.get("phone_number_id", ""))
    if not phone_number_id.isdigit():
        problems.append("numbers: each needs its phone_number_id, in digits and in quotes")
    key_variable = str(entry.get("key", "D360_API_KEY"))
    if not (key_variable.startswith("D360_") and "KEY" in key_variable):
        problems.append(
            "numbers: key names a variable such as D360_API_KEY_SHOP, not the key itself"
        )
    return Number(
        phone_number_id=phone_number_id,
        display_phone_number=str(entry.get("display_phone_number", "")),
        key_variable=key_variable,
        language=entry.get("language"),
        senders=_senders(entry.get("senders", []), problems),
    )


def _senders(names: Any, problems: list[str]) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        problems.append('numbers: senders is a list of names out of API_TOKENS, e.g. ["shop"]')
        return ()
    return tuple(names)


def _topic(entry: dict[str, Any], problems: list[str]) -> Topic:
    topic_id = str(entry.get("id", ""))
    if not topic_id.replace("_", "").replace("-", "").isalnum() or not topic_id.isascii():
        problems.append("topics: each needs an id of letters, digits, - and _")
    if len(topic_id) > _LONGEST_TOPIC_ID:
        problems.append(
            f"topics: the id {topic_id[:20]}… has more than {_LONGEST_TOPIC_ID} letters"
        )
    if topic_id in _RESERVED_TOPICS:
        problems.append(f"topics: {topic_id} is the name of a category; choose another id")
    categories = [category.value for category in Category]
    if entry.get("category") not in categories:
        problems.append(f"topics: {topic_id} needs a category: {', '.join(categories)}")
        entry = {**entry, "category": "marketing"}
    return Topic(
        id=topic_id,
        category=Category(entry["category"]),
        default=bool(entry.get("default", True)),
        essential=bool(entry.get("essential", False)),
        names=dict(entry.get("names", {})),
        descriptions=dict(entry.get("descriptions", {})),
        synonyms={language: tuple(words) for language, words in entry.get("synonyms", {}).items()},
    )


def _channels(names: list[Any], problems: list[str]) -> tuple[Channel, ...]:
    wrong = [str(name) for name in names if name not in _CHANNELS]
    if wrong:
        problems.append(f"channels: {', '.join(wrong)}; these are known: {', '.join(_CHANNELS)}")
    return tuple(Channel(name) for name in names if name in _CHANNELS)


def _topic_ids(document: dict[str, Any]) -> list[str]:
    return [str(entry.get("id", "")) for entry in document.get("topics", [])]


def _policy(entry: dict[str, Any], topics: list[str], problems: list[str]) -> Policy:
    defaults = Policy()
    unknown = sorted(set(entry) - set(Policy.__dataclass_fields__))
    if unknown:
        problems.append(f"policy: unknown entries {', '.join(unknown)}")
    policy = Policy(
        default_pause_days=int(entry.get("default_pause_days", defaults.default_pause_days)),
        longest_pause_days=int(entry.get("longest_pause_days", defaults.longest_pause_days)),
        replies_per_hour=int(entry.get("replies_per_hour", defaults.replies_per_hour)),
        taps_per_hour=int(entry.get("taps_per_hour", defaults.taps_per_hour)),
        allow_unknown=frozenset(
            Category(name) for name in entry.get("allow_unknown", defaults.allow_unknown)
        ),
        no_way_back=frozenset(entry.get("no_way_back", [])),
        caps=read_caps(entry.get("caps", {}), topics, problems),
        recorded_opt_in_lifts_stop=entry.get("recorded_opt_in_lifts_stop", False) is True,
    )
    if not isinstance(entry.get("recorded_opt_in_lifts_stop", False), bool):
        problems.append("policy: recorded_opt_in_lifts_stop is true or false")
    if not 1 <= policy.default_pause_days <= policy.longest_pause_days:
        problems.append("policy: default_pause_days must lie between 1 and longest_pause_days")
    return policy
