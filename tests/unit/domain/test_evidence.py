"""The chain shows every edit."""

from typing import Any

import pytest

from app.domain.evidence import GENESIS, first_broken, seal


def chain() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    head = GENESIS
    for number in range(4):
        entries.append(seal({"at": number, "words": f"पं {number}"}, head))
        head = entries[-1]["hash"]
    return entries


def test_a_chain_that_nobody_touched_is_sound() -> None:
    assert first_broken(chain()) is None
    assert first_broken([]) is None


@pytest.mark.parametrize("position", range(4))
def test_an_edit_shows_where_it_is(position: int) -> None:
    edited = chain()
    edited[position]["words"] = "START"

    assert first_broken(edited) == position


@pytest.mark.parametrize("position", range(3))
def test_a_removal_shows(position: int) -> None:
    shortened = chain()
    del shortened[position]

    assert first_broken(shortened) == position


def test_an_entry_that_is_sealed_anew_breaks_the_next() -> None:
    forged = chain()
    forged[1] = seal({"at": 1, "words": "START"}, forged[0]["hash"])

    assert first_broken(forged) == 2
