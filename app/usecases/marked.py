"""Words with the mark of an opt-in source: a START that says where it came from.

What stands beside the mark decides. A mark makes no yes of anything, and a STOP with one is a STOP.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.business import Business
from app.domain.commands import ANSWERED, Command
from app.domain.marks import Mark, find_marks
from app.domain.opt_in import proof_of_opt_in, settings_of_opt_in
from app.domain.registers import RegisterValue
from app.recognition import Lexicon, Recognition, negates, recognize

MAY_BE_MARKED = frozenset({Command.NONE, Command.START, Command.UNSURE})
"""Readings of a whole message that a mark in it may have spoiled; all others stand."""

_RESTRICTIVE = frozenset({Command.STOP, Command.PAUSE, Command.UNSURE})
# A single word that is an id, or the piece of one, may be chance: only the bare word goes with it.
_BARE_RULES = frozenset({"keyword", "legal"})


@dataclass(frozen=True, slots=True)
class Marked:
    """What a marked message asks; without `settings` it is the plain command of `reading`."""

    reading: Recognition
    settings: dict[str, RegisterValue] = field(default_factory=dict)
    proof: dict[str, Any] = field(default_factory=dict)


def read_marked(
    text: str,
    whole: Recognition,
    *,
    lexicon: Lexicon,
    business: Business,
    country: str | None,
    language: str,
    today: date,
) -> Marked | None:
    """Read a message by what stands beside its mark; None where no mark tells more than `whole`."""

    def read(words: str) -> Recognition:
        return recognize(words, lexicon, country=country, language=language, today=today)

    for mark in find_marks(text, business.sources):
        against = next((one for one in map(read, mark.aside) if one.command in _RESTRICTIVE), None)
        for rest in mark.rests:
            reading = read(rest)
            if not _may_count(reading, mark, whole):
                # What restricts and cannot be told from chance must not become a yes either.
                if reading.command in _RESTRICTIVE:
                    break
                continue
            if reading.command is Command.START:
                if against:
                    return Marked(against)
                # "START · shop-receipt, but not offers" is no yes that anybody could be shown.
                beside = (rest if reading.rule not in _BARE_RULES else "", *mark.aside)
                spoken = [reading.language or "", *(mark.source.wordings if mark.source else ())]
                if negates(
                    "\n".join(beside), lexicon, country=country, language=language, also=spoken
                ):
                    break
            if reading.command is Command.START and reading.topic is None and mark.source:
                return _opt_in(mark, reading, business)
            return Marked(reading)
    return None


def _may_count(reading: Recognition, mark: Mark, whole: Recognition) -> bool:
    if reading.command is Command.NONE:
        return False
    # A question that the whole message opens is not talked away by a chance.
    if whole.command is Command.UNSURE and not mark.is_clear:
        return False
    # "START news" names a topic, though a source is called news-letter and covers more.
    if whole.topic is not None and not (mark.source and mark.is_clear and mark.is_whole):
        return False
    return mark.is_clear or (
        reading.command is Command.START and (reading.rule in _BARE_RULES or reading == whole)
    )


def _opt_in(mark: Mark, reading: Recognition, business: Business) -> Marked:
    source = mark.source
    if source is None:
        return Marked(reading)
    spoken = None if reading.universal else reading.language
    # The link says which wording stood beside it. Else the words do, as far as they can.
    wording = source.wording(mark.language or spoken or business.language, business.language)
    return Marked(
        reading,
        # Like START by word it also ends a pause, and answers what we asked.
        {**settings_of_opt_in(source), "paused_until": None, **ANSWERED},
        {
            **proof_of_opt_in(source, wording, campaign=mark.campaign),
            "wording_told_by": "mark" if mark.language else "words" if spoken else "default",
        },
    )
