"""`python -m app.recognition` as other programs use it."""

import json
import subprocess
import sys
from datetime import date

import pytest

from app.recognition import Lexicon
from app.recognition.__main__ import read_line

TODAY = date(2026, 11, 18)


def test_lines_in_give_lines_out() -> None:
    lines = [
        '{"text": "STOP"}',
        "no json",
        '{"text": "acha", "country": "KE"}',
        "",
        '{"text": "hi"}',
    ]
    done = subprocess.run(
        [sys.executable, "-m", "app.recognition"],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert answers[0] == {
        "command": "STOP",
        "topic": None,
        "days": None,
        "rule": "keyword",
        "language": "en",
        "certainty": "certain",
    }
    assert "not JSON" in answers[1]["error"]
    assert [a["command"] for a in answers[2:]] == ["STOP", "NONE"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[1]", "not a message"),
        ('{"text": 5}', "not a message"),
        ("{}", "not a message"),
        ('{"text": "a", "language": 5}', '"language"'),
        ('{"text": "a", "country": []}', '"country"'),
        ('{"text": "a", "today": "soon"}', '"today"'),
        ("[" * 100_000, "not JSON"),
        ('"' + "a" * 1_000_001, "longer"),
    ],
)
def test_a_bad_line_says_what_is_wrong(lexicon: Lexicon, line: str, problem: str) -> None:
    assert problem in str(read_line(line, lexicon, TODAY)["error"])
