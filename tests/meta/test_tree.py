"""What every file of the tree owes its reader."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.meta.tree import ROOT, list_files

_CODE = frozenset({".py", ".lua", ".js", ".css", ".html"})
_MOST_LINES = 300
# Longer than that, for a reason. Data is exempt: TOML, JSON, and tables in Python named below.
_LONGER = {
    Path("app/recognition/recognizer.py"): "one ladder of rules, read from top to bottom",
    Path("app/recognition/times.py"): "how long and until when, in one place",
    Path("tests/integration/console/test_console_people.py"): "one page, seen through to its end",
    Path("tests/unit/test_timeline.py"): "one table of what people read of a history",
    Path("tests/browser/test_preference_page.py"): "one page, seen through from top to bottom",
    Path("tests/contract/dialog360/expected_notifications.py"): "data: what each payload says",
    Path("tests/contract/dialog360/test_dialog360_client.py"): "one table of answers and errors",
    Path("tests/unit/dialog360/test_webhook_messages.py"): "one table of shapes",
    Path("tests/unit/replies/test_render_replies.py"): "one table of replies",
}

# Put together here, so that this file does not name what it forbids.
_REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("index", "crates", "io"),
    )
)
_MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work)/\w")
_BINARY = frozenset({".ttf", ".png", ".ico", ".jpg", ".gif", ".woff2"})


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


TEXTS = [path for path in list_files() if path.suffix not in _BINARY]


@pytest.mark.parametrize(
    "path", [path for path in TEXTS if path.suffix == ".lua"], ids=lambda path: path.name
)
def test_a_script_says_what_it_takes_and_returns(path: Path) -> None:
    lines = _text_of(path).splitlines()
    header = []
    for line in lines:
        if not line.startswith("--"):
            break
        header.append(line)
    code = "\n".join(lines[len(header) :])

    assert re.match(r"-- [A-Z].*\.$|-- [A-Z].*,$", header[0]), "begins with what it is for"
    for name in ("KEYS", "ARGV"):
        used = {int(number) for number in re.findall(rf"{name}\[(\d+)\]", code)}
        said = {int(number) for line in header for number in re.findall(rf"{name}\[(\d+)\]", line)}
        is_counted_through = re.search(rf"{name}\[(?!\d+\])", code)
        assert used <= said if is_counted_through else used == said
    assert any(line.startswith("-- Returns: ") for line in header)


def test_each_file_of_tests_has_a_name_of_its_own() -> None:
    """pytest imports them by name alone, and does not collect the second."""
    names = Counter(path.name for path in list_files() if path.name.startswith("test_"))

    assert [name for name, count in names.items() if count > 1] == []


def test_files_stay_short() -> None:
    long = {
        path.relative_to(ROOT): len(_text_of(path).splitlines())
        for path in TEXTS
        if path.suffix in _CODE and len(_text_of(path).splitlines()) > _MOST_LINES
    }

    assert set(long) - set(_LONGER) == set(), long


def test_no_file_names_a_registry_or_a_machine() -> None:
    wrong = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in TEXTS
        for number, line in enumerate(_text_of(path).splitlines(), start=1)
        if any(host in line for host in _REGISTRIES) or _MACHINE_PATH.search(line)
    }

    assert not wrong


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_and_hashed_and_name_no_index(name: str) -> None:
    text = _text_of(ROOT / name).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith((" ", "#"))]

    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==[^ ]+ ", line), line
        assert "--hash=sha256:" in line, line
    assert not re.search(r"(?m)^\s*(-i|-f|--\w*index\w*|--find-links)\b", text)


def test_what_is_deployed_is_what_development_has() -> None:
    def pins(name: str) -> set[tuple[str, str]]:
        # Development may ask for extras of what is deployed; the release is the same.
        pattern = r"(?m)^([a-z0-9._-]+)(?:\[[^\]]+\])?==([^ ;\\]+)"
        return set(re.findall(pattern, _text_of(ROOT / name)))

    assert pins("requirements.txt") <= pins("requirements-dev.txt")
