"""`recipients forget`, `import` and `export`."""

import csv
import io
import os
from pathlib import Path

from app.domain.recipients import parse_recipient
from app.runtime import Runtime
from app.web.views import view_recipient
from tests.builders import ADA, ADA_BSUID
from tests.following import Follower
from tests.integration.cli.conftest import Run

WHY = ("--reason", "list of our former tool")
BEN, CY = "447700900124", "447700900125"


def messages_of(runtime: Runtime, address: str) -> object:
    return view_recipient(parse_recipient(address), runtime)["messages"]


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return str(path)


def test_forgetting_asks_first_and_keeps_the_opt_out(run: Run, runtime: Runtime) -> None:
    run("recipients", "opt-out", ADA, "--reason", "asked by phone")
    assert run("recipients", "forget", ADA, *WHY).exit_code == 1
    assert runtime.preferences.evidence(f"wa.{ADA}")

    result = run("recipients", "forget", ADA, *WHY, "--yes")

    assert result.exit_code == 0
    assert "stays forbidden" in result.output
    assert not runtime.preferences.evidence(f"wa.{ADA}")
    assert messages_of(runtime, ADA) == "opted_out"
    assert "Nobody is known" in run("recipients", "forget", BEN, *WHY, "--yes").output


def test_a_number_that_is_somebody_elses_starts_anew(run: Run, runtime: Runtime) -> None:
    run("recipients", "opt-in", ADA, "--reason", "asked by phone")

    assert run("recipients", "reassigned", ADA, "--reason", " ").exit_code == 2
    refused = run("recipients", "reassigned", ADA_BSUID, *WHY)
    assert (refused.exit_code, "phone number" in refused.output) == (2, True)
    assert messages_of(runtime, ADA) == "opted_in"
    result = run("recipients", "reassigned", ADA, "--reason", "wrote to us", "--by", "Sam")

    assert result.exit_code == 0, result.output
    assert messages_of(runtime, ADA) == "unknown"
    proof = runtime.preferences.evidence(f"wa.{ADA}")[-1]["event"]["proof"]
    assert (proof["actor"], proof["reason"]) == ("Sam", "wrote to us")


class TestImport:
    def test_each_row_is_an_opt_out_and_a_second_run_changes_nothing(
        self, run: Run, runtime: Runtime, tmp_path: Path
    ) -> None:
        path = write(
            tmp_path / "list.csv",
            "name,recipient,topic,at",
            f"Ada,+{ADA},,",
            f"Ben,{BEN},offers,2024-05-01T12:00:00Z",
            f"Cy,{ADA_BSUID},,",
        )

        first = run("recipients", "import", path, *WHY)
        told = len(Follower().follow(runtime))
        second = run("recipients", "import", path, *WHY)

        assert (first.exit_code, second.exit_code) == (0, 0), first.output
        assert "3 opt-outs" in first.output
        assert messages_of(runtime, ADA) == messages_of(runtime, ADA_BSUID) == "opted_out"
        assert view_recipient(parse_recipient(BEN), runtime)["topics"]["offers"] is False
        assert len(Follower().follow(runtime)) == told == 3

    def test_a_later_yes_of_the_person_is_not_undone_however_often_it_runs(
        self, run: Run, runtime: Runtime, tmp_path: Path
    ) -> None:
        path = write(tmp_path / "list.csv", "recipient", ADA)
        run("recipients", "import", path, *WHY)
        run("recipients", "opt-in", ADA, "--reason", "asked by phone")

        run("recipients", "import", path, *WHY)

        assert messages_of(runtime, ADA) == "opted_in"

    def test_what_cannot_be_used_is_named_and_the_rest_is_taken(
        self, run: Run, runtime: Runtime, tmp_path: Path
    ) -> None:
        path = write(
            tmp_path / "list.csv",
            "recipient,topic,at",
            "somebody,,",
            f"{BEN},offerz,",
            f"{BEN},,yesterday",
            f"{BEN},,2199-01-01T00:00:00Z",
            f"{ADA},,",
        )

        result = run("recipients", "import", path, *WHY)

        assert result.exit_code == 1
        for line in (2, 3, 4, 5):
            assert f"Line {line}:" in result.output
        assert "somebody" not in result.output
        assert messages_of(runtime, ADA) == "opted_out"
        assert messages_of(runtime, BEN) == "unknown"

    def test_a_dry_run_changes_nothing(self, run: Run, runtime: Runtime, tmp_path: Path) -> None:
        path = write(tmp_path / "list.csv", "recipient", ADA)

        assert "would be taken" in run("recipients", "import", path, *WHY, "--dry-run").output
        assert messages_of(runtime, ADA) == "unknown"

    def test_a_file_without_the_column_is_told_so(self, run: Run, tmp_path: Path) -> None:
        path = write(tmp_path / "list.csv", "phone", ADA)

        result = run("recipients", "import", path, *WHY)

        assert result.exit_code == 1
        assert "recipient" in result.output


def test_the_export_has_everybody_once(run: Run, tmp_path: Path) -> None:
    run("recipients", "opt-out", ADA, "--reason", "asked by phone")
    run("recipients", "opt-out", BEN, "--reason", "asked by phone", "--topic", "offers")
    path = tmp_path / "all.csv"

    assert run("recipients", "export", str(path)).exit_code == 0

    rows = {row["recipient"]: row for row in csv.DictReader(io.StringIO(path.read_text()))}
    assert set(rows) == {ADA, BEN}
    assert rows[ADA]["messages"] == "opted_out"
    assert rows[BEN]["topics_off"] == "offers"
