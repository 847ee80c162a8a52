"""Every variable is where its reader looks for it, and what deploys is what runs."""

import ast
import importlib
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.domain.business import Policy
from config.business import _TOP_LEVEL
from config.settings import SettingsError, load_settings
from tests.meta.tree import ROOT, list_documents, read_tree

# Set by Heroku itself; it only tells a default.
_OF_THE_PLATFORM = {"DYNO"}
# An add-on sets it.
_OF_ADDONS = {"REDIS_URL"}


class _Recorder(Mapping[str, str]):
    """An environment that remembers which variables it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values_ = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


def _read_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


@cache
def _read_by_settings() -> frozenset[str]:
    recorder = _Recorder(_read_example())
    load_settings(recorder)
    # One that is iterated over and not asked for by name.
    return frozenset(recorder.asked | {"D360_API_KEY"}) - _OF_THE_PLATFORM


@cache
def _read_by_gunicorn() -> frozenset[str]:
    return frozenset(
        str(node.args[0].value)
        for node in ast.walk(read_tree(Path("config/gunicorn.py")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "get" and isinstance(node.args[0], ast.Constant)
    )


def test_the_example_environment_is_complete_and_holds_nothing_else() -> None:
    assert set(_read_example()) == _read_by_settings() | _read_by_gunicorn()


def test_the_example_environment_can_be_used() -> None:
    settings = load_settings(_read_example())

    assert settings.warnings == ()


def test_each_variable_of_the_example_has_its_sentence() -> None:
    blocks = (ROOT / ".env.example").read_text(encoding="utf-8").strip().split("\n\n")

    for block in blocks[1:]:
        *comments, variable = block.splitlines()
        assert re.match(r"[A-Z0-9_]+=", variable), block
        assert comments, block
        assert all(line.startswith("# ") for line in comments), block
        assert comments[-1].endswith("."), block


def test_every_variable_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    names = _read_by_settings() | _read_by_gunicorn() | _OF_THE_PLATFORM

    assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_entry_of_business_toml_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    names = {*_TOP_LEVEL, *Policy.__dataclass_fields__}

    assert {name for name in names if not re.search(rf"`\[*{name}\b", text)} == set()


def _read_app_json() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
    return found


def test_app_json_asks_for_what_is_needed_and_for_nothing_unknown() -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({})
    needed = {problem.partition(" ")[0] for problem in raised.value.problems}
    asked = _read_app_json()["env"]

    assert needed - _OF_ADDONS <= set(asked)
    assert set(asked) <= _read_by_settings() | _read_by_gunicorn()
    for name in needed - _OF_ADDONS:
        assert asked[name].get("generator") == "secret" or asked[name].get("required") is True
    assert all(entry["description"].endswith(".") for entry in asked.values())


def test_a_generated_secret_is_one_that_can_be_used() -> None:
    """A platform generates 64 hexadecimal digits."""
    generated = {
        name: "0123456789abcdef" * 4
        for name, entry in _read_app_json()["env"].items()
        if entry.get("generator") == "secret"
    }

    load_settings({**_read_example(), **generated})


def test_the_formation_is_that_of_the_procfile() -> None:
    processes = _read_procfile()

    assert set(_read_app_json()["formation"]) == set(processes) - {"release"}
    assert any("redis" in addon["plan"] for addon in _read_app_json()["addons"])


def _read_procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def test_each_line_of_the_procfile_starts_something_that_exists() -> None:
    for command in _read_procfile().values():
        words = shlex.split(command)
        if words[:2] == ["python", "-m"]:
            parts = words[2].split(".")
            program = ROOT.joinpath(*parts)
            path = program / "__main__.py" if program.is_dir() else program.with_suffix(".py")
            assert '__name__ == "__main__"' in path.read_text(encoding="utf-8"), command
        else:
            assert words[:2] == ["gunicorn", "-c"], command
            assert (ROOT / words[2]).is_file()
            module, _, factory = words[3].removesuffix("()").partition(":")
            assert callable(getattr(importlib.import_module(module), factory))


def test_every_target_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    named = {
        target
        for path in list_documents()
        for target in re.findall(
            r"(?m)(?:`|^(?:heroku run )?)make ([a-z]+)\b", path.read_text(encoding="utf-8")
        )
    }

    assert named
    assert named <= targets
