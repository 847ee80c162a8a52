"""What a template is about: what the business says, else its category as WhatsApp has it.

WhatsApp may move a template to marketing whenever it likes, and who sends it then sends marketing.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.domain.business import Business, Category
from app.domain.outgoing import Outgoing, OutgoingKind
from app.ports import Clock, SendError, UnknownOutcomeError

logger = logging.getLogger(__name__)

# An older list is read again; until then, and when 360dialog does not answer, it still counts.
FRESH = timedelta(minutes=5)
# Between two attempts, so that a name that nobody knows or a 360dialog that fails costs little.
PAUSE = timedelta(seconds=20)
# How long the first messages wait for the first list of all, which another one is reading.
_FIRST_WAIT = 2.0
_STEP = 0.05
# The first that a template has in any language is the strictest.
_BY_STRICTNESS = (Category.MARKETING, Category.UTILITY, Category.AUTHENTICATION)


class TemplateList(Protocol):
    """The templates that a number may send, as WhatsApp keeps them."""

    def list_templates(self, phone_number_id: str | None) -> list[Mapping[str, Any]]:
        """Return them all, each with `name`, `language` and `category`.

        Raises:
            SendError | UnknownOutcomeError: 360dialog has not told.
        """
        ...


class TemplateCache(Protocol):
    """What is known of each number's templates. Each method may raise the store's error."""

    def find(self, account: str, name: str) -> tuple[datetime | None, Mapping[str, str] | None]:
        """Return when the list was read, and a template's category by language, if it is there."""
        ...

    def save(
        self, account: str, categories: Mapping[str, Mapping[str, str]], *, now: datetime
    ) -> None:
        """Put a list in the place of the one before."""
        ...

    def may_refresh(self, account: str, *, pause: timedelta) -> bool:
        """Take the right to read the list again; nobody else gets it during the pause."""
        ...


@dataclass(frozen=True, slots=True)
class TemplateTopics:
    """Finds the topic of what is sent; the gate knows its rule."""

    business: Business
    cache: TemplateCache
    source: TemplateList
    clock: Clock
    sleep: Callable[[float], None] = time.sleep

    def topic_of(self, outgoing: Outgoing, phone_number_id: str | None) -> str | None:
        """Return the id of a topic, a category, or None for what nobody knows.

        Raises:
            StoreError: Redis does not answer.
        """
        if outgoing.kind is not OutgoingKind.TEMPLATE or outgoing.template is None:
            return None
        named = self.business.templates.get(outgoing.template)
        if named is not None:
            return named
        account = self._account_of(phone_number_id)
        by_language = self._look(account, outgoing.template, phone_number_id)
        return _category_of(by_language, outgoing.language)

    def _account_of(self, phone_number_id: str | None) -> str:
        # Numbers with one key have one list of templates.
        number = self.business.number(phone_number_id)
        return number.key_variable if number else "D360_API_KEY"

    def _look(
        self, account: str, name: str, phone_number_id: str | None
    ) -> Mapping[str, str] | None:
        read_at, found = self.cache.find(account, name)
        age = None if read_at is None else self.clock() - read_at
        # A name that is not there may be new: asked for at once, and then once in a pause.
        is_due = age is None or age > FRESH or (found is None and age > PAUSE)
        if not is_due:
            return found
        if self.cache.may_refresh(account, pause=PAUSE):
            return self._refresh(account, name, phone_number_id, was_read=read_at is not None)
        waited = 0.0
        while read_at is None and waited < _FIRST_WAIT:
            self.sleep(_STEP)
            waited += _STEP
            read_at, found = self.cache.find(account, name)
        return found

    def _refresh(
        self, account: str, name: str, phone_number_id: str | None, *, was_read: bool
    ) -> Mapping[str, str] | None:
        try:
            categories = _categories_of(self.source.list_templates(phone_number_id))
        except (SendError, UnknownOutcomeError):
            logger.warning("templates.unread", extra={"account": account})
            # An empty list until the next attempt: nobody has to wait for one that does not come.
            if not was_read:
                self.cache.save(account, {}, now=self.clock())
            return self.cache.find(account, name)[1]
        self.cache.save(account, categories, now=self.clock())
        return categories.get(name)


def _categories_of(rows: list[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        name, language, category = (row.get(key) for key in ("name", "language", "category"))
        if isinstance(name, str) and isinstance(language, str) and isinstance(category, str):
            found.setdefault(name, {})[language] = category.lower()
    return found


def _category_of(by_language: Mapping[str, str] | None, language: str | None) -> str | None:
    """Return the category in this language, else the strictest that the template has in any."""
    if not by_language:
        return None
    exact = by_language.get(language or "")
    known = [exact] if exact else list(by_language.values())
    return next((one for one in _BY_STRICTNESS if one in known), None)
