"""Where a business wants its events delivered: the `[[endpoints]]` of business.toml."""

from dataclasses import dataclass

# Not taken from changes.py, which knows of the whole business, and so of its endpoints.
EVERY_CHANGE = "preferences.changed"
"""In an endpoint's `types` it stands for all of them, whatever a change is called."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One receiver of events.

    `types` are those that it wants; none means all. `secret_variable` names the environment
    variable with its signing secrets. `allow_private` are the host names that may lead to private
    addresses, and be reached by plain HTTP.
    """

    id: str
    url: str
    secret_variable: str
    types: frozenset[str] = frozenset()
    allow_private: frozenset[str] = frozenset()

    def wants(self, event_type: str) -> bool:
        """Tell whether an event of this type is delivered here."""
        return not self.types or EVERY_CHANGE in self.types or event_type in self.types
