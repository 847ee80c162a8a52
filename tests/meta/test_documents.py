"""Documents say what the program does: routes, metrics, log events, links, examples."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.metrics import ALL_SPECS, buckets
from app.web.endpoint_health import endpoint_gauges
from tests.builders import API_SECRET
from tests.meta.tree import ROOT, list_documents, list_files, list_python, read_tree

DOCUMENTS = list_documents()
_TEXTS = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
_ALL_DOCS = "\n".join(text for path, text in _TEXTS.items() if path.parent.name == "docs")
# Pages for people, of which the first names the whole.
_WHOLE = ("/rq", "/console", "/preferences", "/assets", "/docs")
# Events whose names are put together from constants, by the file that does so.
_COMPOSED = {
    Path("app/web/console/signin.py"): ("console.sign_in_failed", "console.sign_in_refused"),
}
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def _name_of(rule: Rule) -> str:
    return next((one for one in _WHOLE if rule.rule.startswith(one)), rule.rule)


def test_every_route_is_documented(app: Flask) -> None:
    missing = set()
    for rule in app.url_map.iter_rules():
        path = _name_of(rule)
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if path in _WHOLE or path == "/panel.js":
            found = re.search(rf"`{re.escape(path)}[`/]", _ALL_DOCS)
            missing |= set() if found else {path}
            continue
        pattern = re.sub(r"<[^>]+>", r"\\{[a-z_]+\\}", path)
        missing |= {
            f"{method} {path}"
            for method in methods
            if not re.search(rf"`{method} {pattern}`", _ALL_DOCS)
        }

    assert not missing


def test_no_route_is_documented_that_does_not_exist(app: Flask) -> None:
    known = {
        (method, re.sub(r"<[^>]+>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or set()
    }
    named = {
        (method, re.sub(r"\{[^}]+\}", "{}", path))
        for path_of_document, text in _TEXTS.items()
        if path_of_document.is_relative_to(ROOT / "docs") or path_of_document.name == "README.md"
        if "sandbox" not in path_of_document.parts
        for method, path in re.findall(
            r"`(GET|POST|PATCH|PUT|DELETE) (/(?:v1|webhooks|healthz|readyz|metrics|openapi)[^` ?]*)`",
            text,
        )
    }

    assert named
    assert named <= known


def test_every_metric_is_documented(client: FlaskClient) -> None:
    text = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    page = client.get("/metrics").text
    names = {name.removesuffix("_total") for name in re.findall(r"# TYPE (heed_\w+) ", page)}

    assert names
    assert {name for name in names if f"| `{name}` |" not in text} == set()
    documented = set(re.findall(r"(?m)^\| `(heed_\w+)` \|", text))
    assert documented <= names


def _metrics_of(client: FlaskClient) -> dict[str, set[str]]:
    """Return every series of the page with the labels that it may have."""
    labels = {f"{spec.name}_total": set(spec.labels) for spec in ALL_SPECS}
    labels |= {
        name: {"queue"} for name in ("heed_workers", "heed_jobs_waiting", "heed_jobs_failed")
    }
    labels |= {
        family.name: {"endpoint"}
        for family in endpoint_gauges(client.application.extensions["heed"])
    }
    found: dict[str, set[str]] = {}
    for name, kind in re.findall(r"# TYPE (heed_\w+) (\w+)", client.get("/metrics").text):
        ends = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
        for end in ends:
            found[f"{name}{end}"] = {"le"} if end == "_bucket" else labels.get(name, set())
    return found


def test_the_runbook_speaks_of_metrics_that_exist(client: FlaskClient) -> None:
    known = {re.sub(r"_(bucket|count|sum)$", "", name) for name in _metrics_of(client)}
    documents = ["monitoring.md", "runbook.md", "webhook.md"]

    for name in documents:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        used = set(re.findall(r"\b(heed_[a-z_]+)\b", text))
        unknown = {one for one in used if one not in known and f"{one}_total" not in known}
        # The start of a name, for grep.
        assert {one for one in unknown if not any(k.startswith(one) for k in known)} == set(), name


def _expressions() -> Iterator[tuple[str, str]]:
    """Yield each expression of the alerts and of the dashboard, with where it stands."""
    alerts = (ROOT / "docs" / "alerts.yml").read_text(encoding="utf-8")
    for block in alerts.split("- alert: ")[1:]:
        expression = re.search(r"expr: (?:>\n)?(.+?)\n +(?:for|labels):", block, flags=re.DOTALL)
        assert expression, block
        yield block.split()[0], " ".join(expression[1].split())
    dashboard = json.loads((ROOT / "docs" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def test_alerts_and_the_dashboard_ask_for_what_exists(client: FlaskClient) -> None:
    known = _metrics_of(client)
    limits = {"+Inf", *(str(float(limit)) for limit in buckets() if limit != "inf")}
    expressions = list(_expressions())

    assert len(expressions) > 30
    for where, text in expressions:
        assert text.count("(") == text.count(")"), where
        for name, selector in re.findall(r"\b(heed_\w+)(\{[^}]*\})?", text):
            assert name in known, (where, name)
            asked = re.findall(r"(\w+)(=~?)\"([^\"]*)\"", selector)
            grouped = re.findall(r"by \(([^)]*)\)", text)
            named = {label for label, _, _ in asked}
            assert named <= known[name], (where, named)
            # Together with the labels by which the answer is grouped.
            if len(set(re.findall(r"\bheed_\w+", text))) == 1:
                assert {one for group in grouped for one in group.split(", ")} <= known[name], where
            assert {limit for label, _, limit in asked if label == "le"} <= limits, where


def test_each_alert_names_an_entry_of_the_runbook_and_how_urgent_it_is() -> None:
    alerts = (ROOT / "docs" / "alerts.yml").read_text(encoding="utf-8")
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    entries = set(re.findall(r"(?m)^## (.+)$", runbook))
    blocks = alerts.split("- alert: ")[1:]

    assert len({block.split()[0] for block in blocks}) == len(blocks) > 10
    for block in blocks:
        assert re.search(r'runbook: "([^"]+)"', block)[1] in entries, block
        assert re.search(r"severity: (page|ticket)}", block), block
        assert re.search(r"summary: [A-Z].+\.\n", block), block


def _log_events() -> Iterator[str]:
    for path in list_python("app", "workers", "config"):
        for node in ast.walk(read_tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _LOG_METHODS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"logger", "logging"}
            ):
                event = node.args[0]
                if path in _COMPOSED and isinstance(event, ast.JoinedStr):
                    yield from _COMPOSED[path]
                    continue
                # A constant dotted name, and everything else in fields.
                assert isinstance(event, ast.Constant), f"{path}:{node.lineno}"
                assert len(node.args) == 1, f"{path}:{node.lineno}"
                yield str(event.value)


def test_every_log_event_is_documented() -> None:
    text = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    events = set(_log_events())

    assert events
    assert {event for event in events if not re.fullmatch(r"[a-z]+\.[a-z_]+", event)} == set()
    assert {event for event in events if f"`{event}`" not in text} == set()
    assert set(re.findall(r"`([a-z]+\.(?:[a-z]+_)*[a-z]+ed)`", text)) <= events


def test_every_command_is_documented(app: Flask) -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    commands = set()
    for name, command in app.cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else None
        commands |= {f"{name} {one}" for one in inner} if inner else {name}

    assert {one for one in commands if not re.search(rf"\| `{one}[ `]", text)} == set()
    documented = set(re.findall(r"(?m)^\| `([a-z]+(?: [a-z-]+)?)[ `]", text))
    assert documented <= commands


def test_documents_that_code_names_exist() -> None:
    named = {
        name
        for path in list_files()
        if path.suffix in {".py", ".toml", ".lua", ".yml"} or path.name == "Makefile"
        for name in re.findall(r"(?<![\w/])docs/[a-z0-9/-]+\.md", path.read_text(encoding="utf-8"))
    }

    assert {name for name in named if not (ROOT / name).exists()} == set()


def _anchor_of(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _TEXTS[path]):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), f"{path.name} → {target}"
        if anchor:
            headings = re.findall(r"(?m)^#+ (.+)$", linked.read_text(encoding="utf-8"))
            assert anchor in {_anchor_of(heading) for heading in headings}, target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_exist(path: Path) -> None:
    named = re.findall(
        r"`((?:app|config|workers|sandbox|tests|benchmarks|docs)/[\w./-]*\w/?)`", _TEXTS[path]
    )

    assert {one for one in named if not (ROOT / one).exists()} == set()


def _shell_commands(path: Path) -> Iterator[str]:
    """Yield the commands of the bash blocks of a document, continued lines put together."""
    for block in re.findall(r"```bash\n(.*?)```", _TEXTS[path], flags=re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()


def test_shell_examples_can_be_parsed() -> None:
    for path in DOCUMENTS:
        for command in _shell_commands(path):
            assert shlex.split(command, comments=True) is not None, command


def _curl_examples() -> list[list[str]]:
    """Return the examples that are to run against `make run`."""
    return [
        shlex.split(command)
        for name in ("README.md", "docs/api.md")
        for command in _shell_commands(ROOT / name)
        if command.startswith("curl") and "127.0.0.1:8000" in command
    ]


@pytest.mark.parametrize("words", _curl_examples(), ids=lambda words: " ".join(words[2:5]))
def test_curl_examples_do_what_they_say(words: list[str], client: FlaskClient) -> None:
    headers = {}
    body: Any = None
    method = url = ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(":")
            headers[name] = value.strip().replace("local-api-token", API_SECRET)
        elif word == "-d":
            body = json.loads(next(rest))
        elif word == "-X":
            method = next(rest)
        elif not word.startswith("-"):
            url = word
    path = "/" + url.split("/", 3)[3]

    answer = client.open(
        path, method=method or ("POST" if body is not None else "GET"), json=body, headers=headers
    )

    assert answer.status_code in {200, 201}, answer.text


def test_json_examples_are_json() -> None:
    for path in DOCUMENTS:
        for block in re.findall(r"```json\n(.*?)```", _TEXTS[path], flags=re.DOTALL):
            json.loads(block)


def test_the_picture_of_the_readme_is_small() -> None:
    assert (ROOT / "docs" / "images" / "phone.png").stat().st_size < 200_000
