"""Say step by step why a message is read as it is. Pure."""

from collections.abc import Iterator
from datetime import date

from app.recognition.candidates import find_languages
from app.recognition.clauses import split_sentences
from app.recognition.exact import read_exact, read_sign
from app.recognition.lexicon import Lexicon
from app.recognition.phrases import read_phrases
from app.recognition.prospects import may_say
from app.recognition.reading import prepare, read_keyword
from app.recognition.recognizer import hint_languages, recognize
from app.recognition.result import NONE, Recognition
from app.recognition.text import Text, read_text


def explain(
    text: str,
    lexicon: Lexicon,
    *,
    country: str | None = None,
    language: str | None = None,
    today: date | None = None,
) -> list[str]:
    """Return the steps of the ladder, a line each, and the reading last."""
    hints = hint_languages(lexicon, country=country, language=language)
    message = read_text(text, lexicon, hints, today)
    found = recognize(text, lexicon, country=country, language=language, today=today)
    return [
        f"folded: {message.folded!r}",
        f"hints: {', '.join(hints) or 'none'}",
        *_steps(text, message),
        f"answer: {_name(found)}",
    ]


def _steps(text: str, message: Text) -> Iterator[str]:
    if not message.words:
        yield f"no words, only signs: {_name(read_sign(text, message.lexicon))}"
        return
    exact = read_exact(message)
    yield f"the whole message as a keyword: {_name(exact) if exact else 'none'}"
    if exact is not None:
        return
    codes = find_languages(message)
    yield f"languages whose words it holds: {', '.join(codes) or 'none'}"
    codes = [code for code in codes if may_say(message, code)]
    yield f"languages of which it holds enough: {', '.join(codes) or 'none'}"
    sentences = split_sentences(message.folded)
    for code in codes:
        prepared = prepare(
            sentences, message.lexicon.languages[code], message.lexicon, message.today
        )
        keyword = read_keyword(prepared)
        yield f"[{code}] a keyword among fillers: {_name(keyword)}"
        if keyword is NONE:
            for clause in prepared.clauses:
                groups = ", ".join(sorted(set(clause.groups))) or "nothing"
                asked = ", a question" if clause.question else ""
                yield f"[{code}] clause {' '.join(clause.words)!r} matches: {groups}{asked}"
            yield f"[{code}] phrases together: {_name(read_phrases(prepared))}"
    yield "at last, for a short message that nothing has matched: slips of the finger"


def _name(found: Recognition) -> str:
    if found is NONE:
        return "nothing"
    details = [
        f"rule {found.rule}",
        *([f"topic {found.topic}"] if found.topic else []),
        *([f"{found.days} days"] if found.days else []),
        *([f"language {found.language}"] if found.language else []),
        found.certainty.value,
    ]
    return f"{found.command.value} ({', '.join(details)})"
