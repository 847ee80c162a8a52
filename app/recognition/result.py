"""What recognition answers."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.commands import Command


class Certainty(StrEnum):
    """How sure the answer is.

    CERTAIN and LIKELY act at once; LIKELY tells a reviewer where to look first (typing errors,
    phrases inside longer sentences). UNSURE goes only with `Command.UNSURE`.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Recognition:
    """One reading of one message or tap.

    `topic` is a topic id of the business, the reserved `marketing`, or None for everything.
    `days` is the length of a pause in whole days from today; None means that the default applies.
    `rule` names the rung of the ladder that decided.
    `universal` is True when the words are used worldwide (a bare "STOP"), so that `language` says
    nothing about the person.
    """

    command: Command
    topic: str | None = None
    days: int | None = None
    rule: str = "none"
    language: str | None = None
    certainty: Certainty = Certainty.CERTAIN
    universal: bool = False


NONE = Recognition(Command.NONE)
