from pathlib import Path

import pytest

from app.cli.sources import describe_source
from app.domain.sources import OptInSource, SourceKind, Wording
from tests.integration.cli.conftest import Run


def test_the_ways_in_are_listed_with_their_words(run: Run) -> None:
    result = run("sources", "list")

    assert result.exit_code == 0
    assert "website-form  website_form, asks twice: offers, news" in result.output
    assert "Ja, Example Shop darf mir" in result.output


def test_earlier_words_and_second_questions_of_some_countries_are_listed_too() -> None:
    earlier = Wording("en", "Shop may write to me on WhatsApp.")
    source = OptInSource(
        "till",
        SourceKind.QR,
        "Shop",
        topics=("offers",),
        earlier=(earlier,),
        double_in=frozenset({"DE", "AT"}),
    )

    first, last = describe_source(source)
    assert first == "till  qr, asks twice in AT, DE: offers"
    assert last == f"  en  {earlier.id}  (earlier) {earlier.text}"


def test_the_present_ways_in_are_sound(run: Run) -> None:
    result = run("sources", "lint")

    assert (result.exit_code, result.stderr) == (0, "")


def test_a_file_is_linted_before_it_is_put_in_place(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    path.write_text(
        'name = "Shop"\n[[topics]]\nid = "offers"\ncategory = "marketing"\n'
        '[[sources]]\nid = "till"\nkind = "qr"\ntopics = ["offers"]\nticked = true\n'
        '[sources.wording]\nen = "Yes, you may write to me."\n',
        encoding="utf-8",
    )
    result = run("sources", "lint", "--file", str(path))

    assert result.exit_code == 1
    assert "no consent" in result.stderr
    assert "does not name Shop" in result.stderr
    assert "WhatsApp" in result.stderr
    assert "3 problem(s) in new.toml" in result.stderr


def test_a_link_is_printed_with_its_draft(run: Run) -> None:
    result = run(
        "sources", "link", "shop-receipt", "--language", "de", "--campaign", "source=flyer"
    )

    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "START · shop-receipt · de · flyer.-",
        "https://wa.me/15550102030?text=START%20%C2%B7%20shop-receipt%20%C2%B7%20de%20%C2%B7%20flyer.-",
    ]


@pytest.mark.parametrize(
    ("paper", "begins"),
    [("a4", b"%PDF"), ("card", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")],
)
def test_posters_and_codes_are_written(run: Run, tmp_path: Path, paper: str, begins: bytes) -> None:
    path = tmp_path / "out"
    result = run("sources", "print", "shop-receipt", "--paper", paper, "--out", str(path))

    assert result.exit_code == 0, result.output
    assert path.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nobody",), "website-form"),
        (("shop-receipt", "--language", "sv"), "ar, de, en, es"),
        (("shop-receipt", "--campaign", "source=447700900123"), "at most six digits"),
        (("shop-receipt", "--campaign", "email=a"), "source, medium"),
    ],
)
def test_a_wrong_question_is_told_what_to_ask(
    run: Run, arguments: tuple[str, ...], reason: str
) -> None:
    result = run("sources", "link", *arguments)

    assert result.exit_code == 2
    assert reason in " ".join(result.output.split())
