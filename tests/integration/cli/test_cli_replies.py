"""`flask --app app replies preview`: what people are told, as they will see it."""

from collections.abc import Callable

import pytest
from click.testing import Result
from redis import Redis

from app.domain.replies import ReplyKind

Run = Callable[..., Result]


def test_each_reply_is_printed_with_its_buttons_and_lists(run: Run) -> None:
    printed = run("replies", "preview")

    assert printed.exit_code == 0
    assert printed.output.startswith("English (en,")
    assert all(f"── {kind} ─" in printed.output for kind in ReplyKind)
    assert "Done. You will get no more messages from Example Shop." in printed.output
    assert "[ Stop messages ]  [ Keep messages ]  [ Pause ]" in printed.output
    assert "[ Choose ] opens\n  Topics\n    ○ Offers " in printed.output


@pytest.mark.parametrize(("language", "name"), [("pt-BR", "Português (pt,"), ("ar", "العربية")])
def test_a_language_can_be_named(run: Run, language: str, name: str) -> None:
    printed = run("replies", "preview", "--language", language)

    assert printed.output.startswith(name)
    assert "\u2068" not in printed.output
    assert "{" not in printed.output


def test_a_language_that_is_missing_is_told(run: Run) -> None:
    printed = run("replies", "preview", "--language", "tlh")

    assert printed.exit_code == 2
    assert "choose one of:" in printed.output


def test_nothing_is_stored(run: Run, redis: Redis) -> None:
    run("replies", "preview")

    assert redis.keys("heed:*") == []


def test_a_word_that_chooses_is_told_by_recognize(run: Run) -> None:
    assert "Choice     frequency = 1/week" in run("recognize", "weekly").output
    assert "Choice     channel = email" in run("recognize", "por correo", "--language", "es").output
    assert "Choice" not in run("recognize", "STOP").output
