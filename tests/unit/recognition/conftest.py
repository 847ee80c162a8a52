from pathlib import Path

import pytest

from app.recognition import Lexicon, load_lexicon

LEXICON = Path(__file__).resolve().parents[3] / "config" / "lexicon"


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon(LEXICON)
