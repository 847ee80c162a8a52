"""The golden payloads: every shape that is sent to us, by us, or answered, one file each."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def read_sample(name: str) -> bytes:
    """Return a sample as its bytes."""
    return (FOLDER / f"{name}.json").read_bytes()


def load_sample(name: str) -> Any:
    """Return a sample, decoded; a new object each time."""
    return json.loads(read_sample(name))
