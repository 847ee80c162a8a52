from pathlib import Path

from tests.integration.cli.conftest import Run


def test_the_ways_in_are_listed_with_their_words(run: Run) -> None:
    result = run("sources", "list")

    assert result.exit_code == 0
    assert "website-form  website_form, asks twice: offers, news" in result.output
    assert "Ja, Example Shop darf mir" in result.output


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
