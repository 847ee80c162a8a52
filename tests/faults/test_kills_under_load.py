"""Workers killed under load, as benchmarks/kills.py does it: the short form, and the full one."""

import os
from pathlib import Path

import pytest

from benchmarks.kills import FULL, SHORT, KillPlan, KillResult, run_kills


def assert_nothing_lost(result: KillResult) -> None:
    assert result.lost == 0
    assert result.wrong_registers == 0
    assert result.applied_twice == 0
    assert result.confirmed_twice == 0
    assert result.never_confirmed == 0
    # Where a new pool needs longer than 3 s to start, the machine is busy with something else.
    excess = max(0.0, result.slowest_start_seconds - 3)
    assert result.worst_delay_seconds < 10 + excess


def run(plan: KillPlan, folder: Path) -> None:
    result = run_kills(plan, folder)

    assert result.commands >= plan.commands
    assert (result.sigkills, result.sigterms) == (plan.kills_by_sigkill, plan.kills_by_sigterm)
    assert_nothing_lost(result)


@pytest.mark.slow
def test_twelve_kills_under_load_lose_nothing(tmp_path: Path) -> None:
    run(SHORT, tmp_path)


@pytest.mark.full
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    os.environ.get("HEED_FULL") != "1",
    reason="takes minutes: HEED_FULL=1 make test ARGS='-m full', or make bench ARGS=--full",
)
def test_a_hundred_and_twenty_kills_under_load_lose_nothing(tmp_path: Path) -> None:
    run(FULL, tmp_path)
