import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Business, Category, Policy
from config.business import load_business
from config.settings import ROOT, SettingsError

LEAST = 'name = "Shop"\n'
TOPIC = '[[topics]]\nid = "offers"\ncategory = "marketing"\n'
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def save(text: str) -> Path:
        path = tmp_path / "business.toml"
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        return path

    return save


def problems_of(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_business(path)
    return caught.value.problems


def test_the_business_of_make_run_is_the_promised_one() -> None:
    business = load_business(ROOT / "config" / "business.toml")

    assert {topic.id: topic.category for topic in business.topics} == {
        "offers": Category.MARKETING,
        "news": Category.MARKETING,
        "orders": Category.UTILITY,
    }
    assert all(topic.default for topic in business.topics)
    assert [number.phone_number_id for number in business.numbers] == ["200300400500600"]
    assert business.number("200300400500600") is not None
    assert business.number("1") is None
    assert business.number(None) is None
    assert business.topic("news") is business.topics[1]
    assert business.topic("unknown") is None


def test_a_name_is_enough(write: Write) -> None:
    business = load_business(write(LEAST))

    assert (business.name, business.language) == ("Shop", "en")
    assert (business.topics, business.numbers) == ((), ())
    assert business.policy == Policy()


def test_everything_that_can_be_said_is_read(write: Write) -> None:
    business = load_business(
        write(
            LEAST
            + TOPIC
            + """default = false
essential = true
names = { en = "Offers", de = "Angebote" }
synonyms = { en = ["deals", "sales"] }

[[numbers]]
phone_number_id = "1234567"
display_phone_number = "15550102030"
key = "D360_API_KEY_SHOP"
language = "de"

[policy]
default_pause_days = 7
longest_pause_days = 90
replies_per_hour = 3
allow_unknown = ["utility"]
no_way_back = ["US"]

[payloads]
BYE = "STOP:offers"

[words.en]
STOP = ["enough"]

[replies.en]
stop = "Done."
"""
        )
    )

    [topic] = business.topics
    assert (topic.default, topic.essential) == (False, True)
    assert topic.name("de") == "Angebote"
    assert topic.name("fr") == "Offers"
    assert topic.name("fr", fallback="it") == "offers"
    assert topic.synonyms == {"en": ("deals", "sales")}
    [number] = business.numbers
    assert (number.key_variable, number.language) == ("D360_API_KEY_SHOP", "de")
    assert business.policy.allow_unknown == {Category.UTILITY}
    assert business.policy.no_way_back == {"US"}
    assert business.payloads == {"BYE": "STOP:offers"}
    assert business.words == {"en": {"STOP": ("enough",)}}
    assert business.replies == {"en": {"stop": "Done."}}


@pytest.mark.parametrize(
    ("asked", "days"), [(None, 30), (0, 30), (-1, 1), (1, 1), (365, 365), (1000, 365)]
)
def test_a_pause_stays_within_the_bounds(asked: int | None, days: int) -> None:
    assert Policy().pause_days(asked) == days


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("", "name is missing", id="empty"),
        pytest.param('name = " "', "name is missing", id="blank name"),
        pytest.param("name = 5", "name is missing", id="a number for a name"),
        pytest.param("name = ", "cannot be read", id="no TOML"),
        pytest.param("name = 'x\udcff'", "cannot be read", id="not UTF-8"),
        pytest.param(LEAST + "topic = 1", "unknown entries topic", id="unknown entry"),
        pytest.param(LEAST + TOPIC + TOPIC, "offers stands twice", id="topic twice"),
        pytest.param(
            LEAST + TOPIC + '[templates]\nspring = "news"', "spring needs one of", id="template"
        ),
        pytest.param(
            LEAST + '[[numbers]]\nphone_number_id = "1"\nsenders = "shop"',
            "senders is a list",
            id="senders",
        ),
        pytest.param(
            LEAST + TOPIC.replace("offers", "marketing"), "name of a category", id="reserved"
        ),
        pytest.param(LEAST + TOPIC.replace("offers", "all"), "name of a category", id="all"),
        pytest.param(LEAST + TOPIC.replace("offers", "a b"), "letters, digits", id="space in id"),
        pytest.param(LEAST + TOPIC.replace("offers", "a" * 101), "more than 100", id="long id"),
        pytest.param(LEAST + TOPIC.replace("offers", "günstig"), "letters", id="umlaut in id"),
        pytest.param(LEAST + "[[topics]]\ncategory = 'marketing'", "needs an id", id="no id"),
        pytest.param(LEAST + "[[topics]]\nid = 'offers'", "needs a category", id="no category"),
        pytest.param(
            LEAST + TOPIC.replace('"marketing"', '"sales"'), "needs a category", id="category"
        ),
        pytest.param(LEAST + "[[numbers]]", "phone_number_id", id="no number"),
        pytest.param(
            LEAST + "[[numbers]]\nphone_number_id = '1'\nkey = 'abc123secret'",
            "names a variable",
            id="the key itself",
        ),
        pytest.param(LEAST + "topics = 5", "wrong shape", id="topics are a number"),
        pytest.param(LEAST + "topics = ['offers']", "wrong shape", id="topics are texts"),
        pytest.param(LEAST + "[words]\nen = 'STOP'", "wrong shape", id="words are a text"),
        pytest.param(LEAST + "[policy]\nreplies = 1", "unknown entries replies", id="policy"),
        pytest.param(
            LEAST + "[policy]\ndefault_pause_days = 400", "between 1 and", id="too long a pause"
        ),
        pytest.param(LEAST + "[policy]\ndefault_pause_days = 'x'", "wrong shape", id="pause"),
        pytest.param(LEAST + "[policy]\nallow_unknown = ['x']", "wrong shape", id="category"),
    ],
)
def test_what_cannot_be_meant_is_told(text: str, what: str, write: Write) -> None:
    problems = problems_of(write(text))

    assert any(what in problem for problem in problems)
    assert not any("abc123secret" in problem for problem in problems)


def test_all_problems_are_told_at_once(write: Write) -> None:
    problems = problems_of(write("x = 1\n[[numbers]]\n" + TOPIC + TOPIC + "[policy]\ny = 1\n"))

    assert len(problems) == 5


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert "cannot be read" in problems_of(tmp_path / "none.toml")[0]


# A small alphabet: to draw from all of Unicode, Hypothesis first spends seconds on its tables.
TEXTS = st.text('ab1. "\\\n\x00é', max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXTS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=8,
)
ENTRIES = [
    *[
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
    ]
]


@given(entries=st.dictionaries(st.sampled_from(ENTRIES), VALUES, max_size=7))
def test_nothing_but_problems_comes_of_wrong_types(
    entries: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    path.write_text(LEAST + "\n".join(f"{key} = {_toml(value)}" for key, value in entries.items()))
    tomllib.loads(path.read_text())

    try:
        business = load_business(path)
    except SettingsError:
        return
    assert isinstance(business, Business)


def _toml(value: object) -> str:
    """Write a value in TOML, as far as these tests need it."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_toml(str(key))} = {_toml(one)}" for key, one in value.items()) + "}"
        )
    escaped = "".join(f"\\U{ord(character):08x}" for character in str(value))
    return f'"{escaped}"'
