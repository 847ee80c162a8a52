"""`flask --app app lexicon lint|replay`: prove a change of words before it goes live."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from app.business_words import words_of
from app.cli.output import careful, printable
from app.recognition.lexicon import Lexicon
from app.recognition.lint import Severity, lint
from app.recognition.loader import load_lexicon
from app.recognition.replay import replay
from app.runtime import Runtime
from config.settings import ROOT

_LEXICON = ROOT / "config" / "lexicon"
_CORPUS = ROOT / "tests" / "corpus"


def create_lexicon(runtime: Runtime) -> click.Group:
    """Return the group."""

    @click.group("lexicon", help="Check the words that people are understood by.")
    def group() -> None:
        pass

    @group.command("lint", help="Find collisions, unreachable words, and words that trip.")
    @click.option(
        "--ordinary",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="JSON lines with messages that must change nothing, beside our own.",
    )
    @click.option("--errors-only", is_flag=True, help="Leave out what is for a person to judge.")
    @careful
    def lint_words(*, ordinary: Path | None, errors_only: bool) -> None:
        findings = list(
            lint(
                runtime.lexicon,
                words_of(runtime.business),
                ordinary=_ordinary_messages(ordinary),
                replies=runtime.replies.languages,
            ),
        )
        errors = [one for one in findings if one.severity is Severity.ERROR]
        for one in errors if errors_only else findings:
            click.echo(printable(f"{one.severity:<8} {one.kind:<17} {one.text}"))
        click.echo(f"{len(errors)} errors, {len(findings) - len(errors)} warnings")
        if errors:
            raise SystemExit(1)

    @group.command("replay", help="Show which past messages a change would read differently.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--before",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of the former language files; by default ours without the business's words.",
    )
    @careful
    def replay_messages(*, file: Path, before: Path | None) -> None:
        old: Lexicon = load_lexicon(before or _LEXICON)
        rows = list(_rows_of(file))
        flips = 0
        with click.progressbar(
            replay(rows, old, runtime.lexicon), length=len(rows), label="Reading", show_pos=True
        ) as readings:
            shown = [flip for flip in readings if flip]
        for flip in shown:
            flips += 1
            click.echo(
                f"line {flip.line}: {flip.before.command} ({flip.before.rule}) → "
                f"{flip.after.command} ({flip.after.rule})",
            )
        click.echo(f"{flips} of {len(rows)} messages would be read differently")

    return group


def _ordinary_messages(extra: Path | None) -> Iterator[str]:
    files = [*sorted(_CORPUS.glob("*.jsonl")), *([extra] if extra else [])]
    for file in files:
        for row in _rows_of(file):
            # A row of somebody's own file without a label is there because it is ordinary.
            if row.get("command", "NONE") == "NONE":
                yield str(row.get("text", ""))


def _rows_of(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                raise click.BadParameter(f"line {number} is not JSON") from None
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise click.BadParameter(f'line {number} needs a "text"')
            yield row
