"""What leads a person into one source: the words beside it, the draft, and the address."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.sources import OptInSource, Wording


@dataclass(frozen=True, slots=True)
class JoinLink:
    """A link into a source for one language.

    `wording` is shown beside it, `sentence` is the draft that it opens. `number` has digits alone;
    `direction` is that of the wording's language, "ltr" or "rtl". `address` is the wa.me link.
    """

    source: OptInSource
    wording: Wording
    sentence: str
    number: str
    direction: str
    address: str
    campaign: Mapping[str, str] = field(default_factory=dict)

    @property
    def printed_number(self) -> str:
        """The number as people read it."""
        return f"+{self.number}"
