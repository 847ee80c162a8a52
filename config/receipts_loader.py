"""config/receipts into the words of a receipt; every problem is reported at once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from app.domain.language import FALLBACK_LANGUAGE
from app.domain.receipt_paper import ReceiptTexts
from app.domain.wording import list_placeholders
from config.settings import SettingsError

RECEIPTS_FOLDER = Path(__file__).parent / "receipts"


def load_receipt_texts(folder: Path = RECEIPTS_FOLDER) -> Mapping[str, ReceiptTexts]:
    """Read one file for each language; English says which texts there are.

    Raises:
        SettingsError: a file is no TOML, or a text is missing, too many, or lacks a placeholder.
    """
    problems: list[str] = []
    languages = {path.stem: _read(path, problems) for path in sorted(folder.glob("*.toml"))}
    model = languages.get(FALLBACK_LANGUAGE, {})
    if not model:
        problems.append("en.toml is missing; it says which texts there are")
    for language, texts in languages.items():
        problems += [f"{language}: {key} is missing" for key in model if key not in texts]
        problems += [f"{language}: {key} stands on no receipt" for key in texts if key not in model]
        problems += [
            f"{language}: {key} must hold the placeholders of English, each once"
            for key in texts
            if key in model and list_placeholders(texts[key]) != list_placeholders(model[key])
        ]
    if problems:
        raise SettingsError([f"config/receipts: {problem}" for problem in problems])
    return {
        language: ReceiptTexts(language, texts["direction"] == "rtl", texts)
        for language, texts in languages.items()
    }


def _read(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path.name} cannot be read: {error}")
        return {}
    wrong = [key for key, text in document.items() if not isinstance(text, str) or not text.strip()]
    problems.extend(f"{path.name}: {key} must be a text that is not empty" for key in wrong)
    return {key: text for key, text in document.items() if key not in wrong}
