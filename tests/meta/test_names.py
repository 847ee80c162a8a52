"""Names stand in one place each: jobs, queues, keys, trackers."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import queues
from app.domain.inbound import TRACKER_PREFIX
from app.store import keys
from tests.meta.tree import ROOT, list_python, texts_of
from workers.pool import SCHEDULE, roles_of

_KEYS_DOCUMENT = (ROOT / "docs" / "redis-keys.md").read_text(encoding="utf-8")
_KEY_BUILDERS: dict[str, Callable[..., str]] = {
    name: found
    for name, found in vars(keys).items()
    if inspect.isfunction(found) and not name.startswith("_")
}
_KEY_CONSTANTS = {name: found for name, found in vars(keys).items() if name.isupper()}


@pytest.mark.parametrize("kind", queues.ALL_JOBS, ids=lambda kind: kind.name)
def test_each_job_is_found_by_its_path(kind: queues.JobKind) -> None:
    module, _, name = kind.path.rpartition(".")
    job = getattr(importlib.import_module(module), name)

    assert callable(job)
    assert kind.queue in queues.ALL_QUEUES
    # RQ takes letters, digits, - and _ alone.
    assert re.fullmatch(r"[A-Za-z0-9_-]+", queues.job_id_of(kind, "0" * 32))


def test_each_job_is_known_to_the_queues() -> None:
    jobs = importlib.import_module("workers.jobs")
    paths = {f"workers.jobs.{name}" for name in vars(jobs) if name.endswith("_job")}

    assert paths == {kind.path for kind in queues.ALL_JOBS}


def test_each_queue_has_a_worker_whatever_the_number() -> None:
    for processes in (1, 2, 3, 8):
        assert set(roles_of(processes)) == {*queues.ALL_QUEUES, SCHEDULE}


def test_a_job_ends_before_a_platform_would_kill_it() -> None:
    """A pool has 20 s between SIGTERM and SIGKILL (workers/pool.py)."""
    assert max(kind.timeout_seconds for kind in queues.ALL_JOBS) < 20


@pytest.mark.parametrize("name", _KEY_BUILDERS)
def test_each_key_that_is_built_is_documented(name: str) -> None:
    build = _KEY_BUILDERS[name]
    parameters = [f"<{one.replace('_', ' ')}>" for one in inspect.signature(build).parameters]

    assert f"`{build(*parameters)}`" in _KEYS_DOCUMENT
    assert f"`{name}`" in _KEYS_DOCUMENT


@pytest.mark.parametrize("name", _KEY_CONSTANTS)
def test_each_key_that_is_constant_is_documented(name: str) -> None:
    assert f"`{_KEY_CONSTANTS[name]}`" in _KEYS_DOCUMENT
    assert f"`{name}`" in _KEYS_DOCUMENT


def test_no_key_is_documented_that_nobody_builds() -> None:
    rows = set(re.findall(r"(?m)^\| `heed:[^|]*` \| `(\w+)` \|", _KEYS_DOCUMENT))

    assert rows == {*_KEY_BUILDERS, *_KEY_CONSTANTS}


def test_every_key_of_a_person_lies_on_one_node() -> None:
    for name, build in _KEY_BUILDERS.items():
        parameters = list(inspect.signature(build).parameters)
        if parameters[0] != "identity":
            continue
        key = build("wa.1", *("x" for _ in parameters[1:]))
        assert key.startswith("heed:{wa.1}:"), name
    for key in _KEY_CONSTANTS.values():
        assert re.match(r"heed:\{[a-z-]+\}", key)


def test_keys_are_built_in_one_file() -> None:
    wrong = {
        f"{path}: {text}"
        for path in list_python("app/store", "app/usecases", "app/web", "app/cli", "workers")
        if path != Path("app/store/keys.py")
        for text in texts_of(path)
        if text.startswith(TRACKER_PREFIX) and not _is_button(text)
    }

    assert not wrong


def _is_button(text: str) -> bool:
    """Our own ids of buttons begin like our keys, and are no keys: those have a brace."""
    return re.fullmatch(r"heed:[a-z]+(:[a-z0-9-]*)*", text) is not None


def test_scripts_get_their_keys_from_outside() -> None:
    for path in sorted((ROOT / "app" / "store" / "lua").glob("*.lua")):
        assert "heed:" not in path.read_text(encoding="utf-8"), path.name


def _calls_of_scripts() -> Iterator[str]:
    for path in list_python("app"):
        source = (ROOT / path).read_text(encoding="utf-8")
        yield from re.findall(r'script_text\("(\w+)"\)', source)


def test_each_script_is_used_and_each_use_has_its_script() -> None:
    files = {path.stem for path in (ROOT / "app" / "store" / "lua").glob("*.lua")}

    assert set(_calls_of_scripts()) == files
