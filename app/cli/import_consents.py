"""`flask --app app recipients import-consents`: bring existing consents along, with their proof."""

import hashlib
import io
import sys
from collections import Counter
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.consent_rows import HeaderError, Row, read_rows
from app.cli.output import careful, print_json
from app.domain.consents import Consent
from app.runtime import Runtime
from app.usecases.record_consent import (
    AskTwiceError,
    Recorded,
    UnsoundConsentError,
    foresee_consent,
    record_consent,
)

_VIA = "import"
_BAD = "bad"
_CHUNK = 1024 * 1024
# After so many rows the place is noted; rows that are done twice change nothing.
_NOTE_EVERY = 200
_MOST_NAMED = 1_000
_ASK_TWICE = "the source asks twice: evidence.double_opt_in must say where the person confirmed it"
_SAID = {
    Recorded.NEW: "new: recorded as opted in",
    Recorded.SAME: "the same consent is recorded already",
    Recorded.OVERRULED: "overruled: the person said no to it; kept as evidence, lifts nothing",
    _BAD: "bad: not recorded",
}


def add_import(group: AppGroup, runtime: Runtime) -> None:
    """Give the group `recipients` its command `import-consents`."""

    @group.command(
        "import-consents",
        help="""Record the consents of a CSV FILE. No opt-out is ever lifted, whatever it says.

        Columns: recipient, wording (its id), at, where, by; optionally topics (some of the
        source's, separated by spaces) and evidence.<name>.""",
    )
    @click.argument(
        "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
    )
    @click.option("--source", "source_id", required=True, help="The opt-in source of all rows.")
    @click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
    @click.option("--from-start", is_flag=True, help="Do not go on where the last run ended.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @careful
    def import_consents(
        *, path: Path, source_id: str, dry_run: bool, from_start: bool, as_json: bool
    ) -> None:
        if runtime.business.source(source_id) is None:
            known = ", ".join(one.id for one in runtime.business.sources) or "none"
            raise click.BadParameter(f"choose one of: {known}.", param_hint="--source")
        run = _Import(runtime, path, source_id, dry_run=dry_run, from_start=from_start)
        run.go()
        run.report(as_json=as_json)
        if run.counts[_BAD]:
            sys.exit(1)


class _Import:
    def __init__(
        self, runtime: Runtime, path: Path, source_id: str, *, dry_run: bool, from_start: bool
    ) -> None:
        self._runtime = runtime
        self._path = path
        self._source_id = source_id
        self._dry_run = dry_run
        self._digest = _digest_of(path, source_id)
        before = {} if dry_run or from_start else runtime.imports.load(self._digest)
        self._resumed_at = before.pop("rows", 0)
        self.counts: Counter[str] = Counter(before)
        self._bad: list[dict[str, object]] = []

    def go(self) -> None:
        """Read the file row by row and do what each asks for."""
        with (
            self._path.open("rb") as raw,
            click.progressbar(
                length=max(self._path.stat().st_size, 1),
                label="Dry run" if self._dry_run else "Import",
                file=sys.stderr,
            ) as progress,
        ):
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")
            done = 0
            try:
                for done, row in enumerate(read_rows(text, self._source_id), start=1):
                    progress.update(raw.tell() - progress.pos)
                    if done > self._resumed_at:
                        self._do(row)
                    if done > self._resumed_at and done % _NOTE_EVERY == 0:
                        self._note(done)
            except HeaderError as error:
                raise click.ClickException(str(error)) from None
        # It is through: the same command once more is for rows that were bad and are mended by
        # now, say by a wording that business.toml has back.
        if not self._dry_run:
            self._runtime.imports.save(self._digest, {})

    def report(self, *, as_json: bool) -> None:
        """Say what became of the rows."""
        counts = {name: self.counts[name] for name in (*Recorded, _BAD)}
        if as_json:
            print_json({"dry_run": self._dry_run, **counts, "problems": self._bad})
            return
        for one in self._bad:
            click.echo(f"line {one['line']}: {one['problem']}.")
        if self._resumed_at:
            click.echo(f"Went on after row {self._resumed_at} of an earlier run; sums are of both.")
        for name, count in counts.items():
            click.echo(f"{count:>9}  {_SAID[name]}")
        if self._dry_run:
            click.echo("Nothing was changed.")

    def _do(self, row: Row) -> None:
        try:
            self.counts[self._record(row.consent) if row.consent else _BAD] += 1
            problem = row.problem
        except UnsoundConsentError as error:
            self.counts[_BAD] += 1
            problem = "; ".join(error.problems)
        except AskTwiceError:
            self.counts[_BAD] += 1
            problem = _ASK_TWICE
        if problem and len(self._bad) < _MOST_NAMED:
            self._bad.append({"line": row.line, "problem": problem})

    def _record(self, consent: Consent) -> str:
        runtime = self._runtime
        run = foresee_consent if self._dry_run else record_consent
        found = run(
            consent, recorder=runtime.recorder, via=_VIA, is_import=True, now=runtime.clock()
        )
        return (found[0] if isinstance(found, tuple) else found).value

    def _note(self, rows: int) -> None:
        if not self._dry_run:
            self._runtime.imports.save(self._digest, {**self.counts, "rows": rows})


def _digest_of(path: Path, source_id: str) -> str:
    digest = hashlib.sha256(source_id.encode() + b"\x00")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()[:32]
