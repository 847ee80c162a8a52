"""Colors as people with weak eyes meet them: contrast by WCAG 2, and colors that have enough."""

import re

ENOUGH_CONTRAST = 4.5
"""What WCAG 2 level AA asks of text of usual size."""

PAPER, INK = "#ffffff", "#1b2733"
DARK_PAPER, DARK_INK = "#16202a", "#e8edf2"

_WRITTEN = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 50
# The linear part and the weights of sRGB, as WCAG 2 states them.
_LINEAR_BELOW = 0.04045
_WEIGHTS = (0.2126, 0.7152, 0.0722)


def is_color(text: object) -> bool:
    """Tell whether the text is a color such as #0b66a8."""
    return isinstance(text, str) and _WRITTEN.fullmatch(text) is not None


def measure_contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors, from 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def choose_ink(background: str) -> str:
    """Return white or black, whichever is read more easily on a background.

    One of the two always has enough contrast; of anything softer than black that is not so.
    """
    return max(("#ffffff", "#000000"), key=lambda ink: measure_contrast(ink, background))


def make_readable(color: str, paper: str) -> str:
    """Return the color itself, or the nearest mix with white or black that is read on the paper."""
    target = max(("#ffffff", "#000000"), key=lambda ink: measure_contrast(ink, paper))
    for step in range(_STEPS + 1):
        mixed = _mix(color, target, step / _STEPS)
        if measure_contrast(mixed, paper) >= ENOUGH_CONTRAST:
            return mixed
    return target


def _mix(color: str, target: str, share: float) -> str:
    parts = zip(_channels(color), _channels(target), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in parts)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    linear = []
    for channel in _channels(color):
        value = channel / 255
        low = value <= _LINEAR_BELOW
        linear.append(value / 12.92 if low else ((value + 0.055) / 1.055) ** 2.4)
    return sum(weight * value for weight, value in zip(_WEIGHTS, linear, strict=True))
