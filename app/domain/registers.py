"""What a register can hold, and which of its values forbid messages."""

RegisterValue = str | bool | int | None
"""A moment is held as milliseconds."""

_RESTRICTIVE_VALUE = {"messages": "opted_out", "whatsapp_marketing": "stopped"}


def is_restrictive(name: str, value: RegisterValue) -> bool:
    """Tell whether setting this register to this value forbids messages."""
    if name in _RESTRICTIVE_VALUE:
        return value == _RESTRICTIVE_VALUE[name]
    if name == "channel":
        return value != "whatsapp"
    if name.startswith("topics."):
        return value is False
    # A pause, a cap and an open question restrict as long as they say anything.
    return name.startswith(("paused_until", "frequency", "question")) and value is not None
