import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from config.check import check, judge_server, main
from config.findings import Level

SOUND = {
    "redis_version": "7.2.4",
    "valkey_version": "9.1.2",
    "maxmemory_policy": "noeviction",
    "aof_enabled": 1,
}


def levels_of(**changes: Any) -> dict[str, str]:
    return {one.subject: one.level.value for one in judge_server({**SOUND, **changes})}


def test_a_sound_server_is_well() -> None:
    assert set(levels_of().values()) == {"ok"}


@pytest.mark.parametrize(
    ("changes", "subject", "level"),
    [
        pytest.param({"redis_version": "6.0.16"}, "redis version", "warn", id="Redis 6.0"),
        pytest.param({"redis_version": "6.2.0"}, "redis version", "ok", id="Redis 6.2"),
        pytest.param({"redis_version": "10.0"}, "redis version", "ok", id="Redis 10"),
        pytest.param({"redis_version": ""}, "redis version", "warn", id="no version"),
        pytest.param(
            {"maxmemory_policy": "allkeys-lru"}, "redis eviction", "fail", id="evicts anything"
        ),
        pytest.param(
            {"maxmemory_policy": "volatile-lru"}, "redis eviction", "warn", id="evicts some"
        ),
        pytest.param({"aof_enabled": 0}, "redis persistence", "warn", id="no append-only"),
    ],
)
def test_a_server_that_may_lose_an_opt_out_is_told(
    changes: dict[str, Any], subject: str, level: str
) -> None:
    assert levels_of(**changes)[subject] == level


def test_a_server_that_hides_everything_is_doubted() -> None:
    assert {one.level for one in judge_server({})} == {Level.WARN}


def test_a_complete_deployment_passes(
    environ: dict[str, str], redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(environ) == 0
    assert "fit to run" in capsys.readouterr().out


def test_problems_of_all_kinds_are_told_at_once(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    business = tmp_path / "business.toml"
    business.write_text("topic = 1")

    code = main(
        {
            **environ,
            "BUSINESS_FILE": str(business),
            "REDIS_URL": "redis://:hunter2@127.0.0.1:9/0",
            "SECRET_KEY": "short",
        }
    )

    told = capsys.readouterr().err
    assert code == 1
    assert "SECRET_KEY is short" in told
    assert "business.toml: unknown entries topic" in told
    assert "redis: does not answer (ConnectionError)" in told
    assert "hunter2" not in told


def test_files_are_checked_also_when_the_environment_is_empty(tmp_path: Path) -> None:
    business = tmp_path / "business.toml"
    business.write_text("name = 5")

    seen = [one.seen for one in check({"BUSINESS_FILE": str(business)})]

    assert any("REDIS_URL is missing" in one for one in seen)
    assert any("name is missing" in one for one in seen)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param('[words.xx]\nSTOP = ["x"]', "xx", id="unknown language"),
        pytest.param('[payloads]\nX = "FLY"', "FLY", id="unknown command"),
        pytest.param('[payloads]\nX = "STOP:cars"', "cars", id="unknown topic"),
        pytest.param('[replies.en]\nstop = "See https://a.example"', "link", id="link after STOP"),
    ],
)
def test_words_and_replies_of_the_business_are_checked_with_ours(
    text: str, what: str, environ: dict[str, str], redis: Redis, tmp_path: Path
) -> None:
    business = tmp_path / "business.toml"
    business.write_text(f'name = "Shop"\n{text}\n')

    findings = check({**environ, "BUSINESS_FILE": str(business)})

    assert any(one.level is Level.FAIL and what in one.seen for one in findings)


def test_a_server_that_evicts_is_told_loudly_and_stops_no_release(
    environ: dict[str, str], redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert main(environ) == 0
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    assert "DELETES opt-outs" in capsys.readouterr().err


def test_the_release_command_runs_as_the_procfile_has_it(
    environ: dict[str, str], redis: Redis
) -> None:
    line = next(
        line
        for line in Path("Procfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("release:")
    )
    command = line.removeprefix("release:").split()
    assert command == ["python", "-m", "config.check"]

    def release(**changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command[1:]],
            env={"PATH": os.environ["PATH"], **environ, **changes},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert release().returncode == 0
    bad = release(PORT="x")
    assert bad.returncode == 1
    assert "PORT must be a whole number" in bad.stderr
    assert "Traceback" not in bad.stderr
