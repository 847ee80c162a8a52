"""A business.toml with endpoints in it."""

import json
from pathlib import Path
from typing import Any

from config.settings import ROOT


def write_business(folder: Path, *endpoints: str) -> Path:
    path = folder / "business.toml"
    text = (ROOT / "config" / "business.toml").read_text(encoding="utf-8")
    path.write_text(text + "".join(endpoints), encoding="utf-8")
    return path


def entry(name: str, port: int, **more: Any) -> str:
    lines = {
        "id": name,
        "url": f"http://localhost:{port}/heed",
        "secret_variable": "ENDPOINT_SECRET_TESTS",
        "allow_private": ["localhost"],
        **more,
    }
    return "\n[[endpoints]]\n" + "".join(
        f"{key} = {json.dumps(one)}\n" for key, one in lines.items()
    )
