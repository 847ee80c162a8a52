"""Recognition on one core, against folding the text alone."""

import itertools
import time
from collections.abc import Callable
from statistics import median

from app.recognition import Lexicon, recognize
from app.recognition.normalize import fold_text
from benchmarks.table import Table

_ORDINARY = (
    "Where is the bus stop near your shop?",
    "Hi, is my order 48121 on its way? I wanted to give it to my sister on Friday.",
    "Thanks!",
    "ok",
    "Ich möchte meine Bestellung ändern, geht das noch?",
    "¿A qué hora abren mañana?",
    "I would like to cancel my order please, it was the wrong size",
    "شكرا جزيلا",
)
_COMMANDS = (
    "STOP",
    "please stop sending me messages",
    "Unsubscribe!!",
    "pause for two weeks",
    "no quiero recibir más ofertas",
    "sotp",
    "إلغاء الاشتراك",
    "bitte keine Werbung mehr",
)
_LONG = ("I really like your shop and I wonder whether you could help me. " * 64)[:4096]
_SECONDS = 0.25


def measure_recognition(lexicon: Lexicon, *, rounds: int) -> Table:
    """Read the same texts both ways, in turns."""
    cases = {
        "ordinary messages": _ORDINARY,
        "commands, with words around them and typing errors": _COMMANDS,
        "4,096 characters": (_LONG,),
    }
    rows = []
    for name, texts in cases.items():
        fold: list[float] = []
        read: list[float] = []
        for _ in range(rounds):
            fold.append(_microseconds(texts, fold_text))
            read.append(_microseconds(texts, lambda text: recognize(text, lexicon)))
        rows.append(
            (
                name,
                f"{median(read) / median(fold):.1f}",
                f"{median(read):.0f} µs",
                f"{1e6 / median(read):,.0f}",
            )
        )
    return Table(
        "Recognition",
        ("texts", "× folding alone", "each", "a second, on one core"),
        tuple(rows),
        (
            (
                "Folding is NFKC, case, width and invisible characters: what any comparison of words "
                f"must do first. {len(lexicon.languages)} languages at once."
            ),
        ),
    )


def _microseconds(texts: tuple[str, ...], read: Callable[[str], object]) -> float:
    """Return how long one text takes, over a quarter of a second."""
    turns = itertools.cycle(texts)
    number = 0
    started = time.process_time()
    while (spent := time.process_time() - started) < _SECONDS:
        for _ in range(len(texts) * (1 if len(texts) == 1 else 4)):
            read(next(turns))
            number += 1
    return 1e6 * spent / number
