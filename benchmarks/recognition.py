"""Recognition on one core, against folding the text alone."""

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from app.recognition import Lexicon, recognize
from app.recognition.normalize import fold_text
from benchmarks.table import Table

_CORPUS = Path(__file__).resolve().parents[1] / "tests" / "corpus"
_SHORT = frozenset({"keyword", "decorated", "misspelt"})

EVERYDAY = (
    "Hi, is my order on its way? I wanted to give it to my sister on Friday.",
    "Thanks!",
    "ok great, see you tomorrow",
    "Do you have these shoes in size 42?",
    "What time do you open on Sunday?",
    "The parcel arrived but one of the cups is broken",
    "Can I pay by card when you deliver?",
    "Yes, the blue one please",
    "I'm running ten minutes late, sorry",
    "Where is the bus stop near your shop?",
    "Ich möchte meine Bestellung ändern, geht das noch?",
    "Alles klar, danke schön",
    "Haben Sie morgen noch einen Termin frei?",
    "¿A qué hora abren mañana?",
    "Buenos días, quería saber si ya llegó mi pedido",
    "Muchas gracias por todo",
    "Bom dia, vocês entregam no meu bairro?",
    "O tamanho ficou perfeito, adorei",
    "Bonjour, est-ce que le magasin est ouvert lundi ?",
    "Merci beaucoup, bonne journée",
    "Buongiorno, vorrei sapere quanto costa la spedizione",
    "Kunt u mij vertellen wanneer het pakket komt?",
    "Czy mogę odebrać zamówienie jutro?",
    "Добрый день, есть ли доставка в субботу?",
    "Siparişim ne zaman gelir acaba?",
    "شكرا جزيلا",
    "هل المتجر مفتوح اليوم؟",
    "मेरा ऑर्डर कब आएगा?",
    "kal tak mil jayega kya?",
    "Apakah barangnya masih ada, kak?",
    "Cho mình hỏi còn hàng không ạ?",
    "请问什么时候发货？",
    "明日の営業時間を教えてください",
    "배송은 언제 되나요?",
    "พรุ่งนี้ร้านเปิดกี่โมงคะ",
    "Je, bidhaa hii inapatikana dukani?",
)
"""What people write to a shop, for want of letters that may be printed."""

_HOSTILE = (
    "stop ", "stop\n", "stop sms, ", "s t o p ", "don't stop sending me ", "2 weeks, stop sms, ",
    "no quiero recibir mensajes, ", "đừng gửi ", "停", "停 ", "停止发送", "やめてください", "보내지", "หยุด",
    "\ufdfa", '" "', "a.b.", "a", "1/1/",
)  # fmt: skip
_LARGE = 64 * 1024


def measure_recognition(lexicon: Lexicon, *, rounds: int, messages: Path | None = None) -> Table:
    """Read the same texts both ways, in turns; `messages` are JSON lines of one's own."""
    corpus = list(_read_rows(_CORPUS))
    texts: dict[str, Sequence[str]] = {
        "everyday messages, 18 languages": EVERYDAY,
        "keywords, decorated and misspelt ones too": _choose(corpus, kinds=_SHORT),
        "ordinary messages that are near a command": _choose(corpus, command="NONE"),
        "opt-outs in whole sentences": _choose(corpus, kinds={"sentence"}, command="STOP"),
        "the whole corpus": _choose(corpus),
    }
    if messages is not None:
        texts["messages of yours"] = _choose(list(_read_rows(messages)))
    rows = [_compare(name, some, lexicon, rounds) for name, some in texts.items() if some]
    worst = max(_best((text,), lexicon, rounds)[1] for text in _make_large(lexicon))
    rows.append(("64 KB, the slowest kind", "", f"{worst / 1000:.1f} ms", ""))
    return Table(
        "Recognition",
        ("texts", "× folding alone", "each", "a second, on one core"),
        tuple(rows),
        (
            (
                "Folding is NFKC, case, width and invisible characters: what any comparison of words "
                f"must do first. {len(lexicon.languages)} languages at once. Processor time, each "
                "text once in every round, the best round."
            ),
        ),
    )


def _compare(
    name: str, texts: Sequence[str], lexicon: Lexicon, rounds: int
) -> tuple[str, str, str, str]:
    fold, read = _best(texts, lexicon, rounds)
    return (name, f"{read / fold:.0f}", f"{read:.0f} µs", f"{1e6 / read:,.0f}")


def _best(texts: Sequence[str], lexicon: Lexicon, rounds: int) -> tuple[float, float]:
    """Return the microseconds that folding and reading take for one text on an average."""
    # A few texts are repeated, so that a round is long against the grain of the clock.
    often = [*itertools.islice(itertools.cycle(texts), max(len(texts), 4000 // len(texts[0])))]
    fold, read = [], []
    for _ in range(rounds):
        fold.append(_spend(often, fold_text))
        read.append(_spend(often, lambda text: recognize(text, lexicon)))
    return min(fold), min(read)


def _spend(texts: Sequence[str], call: Callable[[str], object]) -> float:
    started = time.process_time()
    for text in texts:
        call(text)
    return 1e6 * (time.process_time() - started) / len(texts)


def _make_large(lexicon: Lexicon) -> Iterator[str]:
    """Make 64 KB of one word, and of words of all languages in any order."""
    for unit in _HOSTILE:
        yield (unit * _LARGE)[:_LARGE]
    chance = random.Random(7)
    pieces = [piece for one in lexicon.languages.values() for piece in one.words.pieces]
    words = [*lexicon.triggers, *lexicon.plain, *pieces, *"?.,!\"'", "2", "until"]
    for heap in (words, pieces, [word for word in words if len(word) < 5]):
        for joint in (" ", "", ", ", "\n"):
            yield joint.join(chance.choice(heap) for _ in range(_LARGE))[:_LARGE]


def _read_rows(path: Path) -> Iterator[Mapping[str, object]]:
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def _choose(
    rows: Sequence[Mapping[str, object]],
    *,
    kinds: frozenset[str] | set[str] = frozenset(),
    command: str | None = None,
) -> list[str]:
    return [
        str(row["text"])
        for row in rows
        if (not kinds or row.get("kind") in kinds) and command in (None, row["command"])
    ]
