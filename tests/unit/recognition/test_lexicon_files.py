"""The language files as such."""

import pytest

from app.domain.commands import Command
from app.recognition import Lexicon, LexiconError, load_lexicon, recognize
from app.recognition.patterns import PatternError, read_phrase
from tests.unit.recognition.conftest import LEXICON

PHRASE_LANGUAGES = [
    "en",
    "es",
    "pt",
    "fr",
    "de",
    "it",
    "nl",
    "pl",
    "ru",
    "tr",
    "ar",
    "he",
    "hi",
    "bn",
    "id",
    "ms",
    "vi",
    "th",
    "zh",
    "ja",
    "ko",
    "sw",
]
HEAD = 'language = "xx"\nname = "X"\nenglish_name = "X"\nreview = "none"\n'


def test_forty_languages_have_keywords_and_twenty_two_have_phrases(lexicon: Lexicon) -> None:
    assert len(lexicon.languages) >= 40
    for code in PHRASE_LANGUAGES:
        source = lexicon.languages[code].source
        assert source.has_phrases
        assert source.words["filler"]
        assert source.times


@pytest.mark.parametrize("code", sorted(p.stem for p in LEXICON.glob("*.toml")))
def test_each_keyword_is_understood_in_its_language(lexicon: Lexicon, code: str) -> None:
    language = lexicon.languages.get(code)
    if language is None:
        return  # a table of buttons or countries
    for group, words in language.source.keywords.items():
        wanted = {Command.UNSURE if group == "ask" else Command[group.upper()], Command.STOP}
        for word in words:
            assert recognize(word, lexicon, language=code).command in wanted, word


@pytest.mark.parametrize("code", sorted(p.stem for p in LEXICON.glob("*.toml")))
def test_each_file_says_where_it_comes_from(lexicon: Lexicon, code: str) -> None:
    language = lexicon.languages.get(code)
    if language is not None:
        assert language.source.review
        assert language.source.sources
        assert language.source.name
        assert language.source.direction in {"ltr", "rtl"}


@pytest.mark.parametrize(
    "content",
    [
        "language = 3",
        'language = "yy"',
        HEAD + "[keywords]\nhalt = ['x']",
        HEAD + "[keywords]\nstop = 'x'",
        HEAD + "[words]\nnoise = ['x']",
        HEAD + "[phrases]\nstop = ['stop [me']",
        HEAD + "[phrases]\nstop = ['stop {unknown}']",
        HEAD + "[phrases]\nwhatever = ['stop']",
        HEAD + "[time]\nfortnights = ['x']",
        HEAD + "[topics]\ncats = ['x']",
        HEAD + "[nonsense]\nx = 1",
        HEAD + 'direction = "up"',
        "not toml at all [",
    ],
)
def test_a_broken_file_is_refused_with_its_name(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    directory = tmp_path_factory.mktemp("lexicon")
    (directory / "xx.toml").write_text(content)

    with pytest.raises(LexiconError, match="xx"):
        load_lexicon(directory)


@pytest.mark.parametrize(
    ("line", "variants"),
    [
        ("stop now", 1),
        ("... stop {sending} [me] {messages} ...", 1),
        ("(stop|quit|end) it", 1),
        ("(stop|knock off) it", 2),
        ("stop [right now]", 2),
    ],
)
def test_a_phrase_has_the_variants_that_it_spells(line: str, variants: int) -> None:
    assert len(read_phrase(line)) == variants


@pytest.mark.parametrize(
    "line", ["stop [me", "stop me)", "stop ... me", "[stop]", "", "...", "stop {UPPER}", "a (b|"]
)
def test_a_phrase_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(PatternError):
        read_phrase(line)
