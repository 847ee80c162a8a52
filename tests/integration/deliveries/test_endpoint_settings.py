"""What business.toml and the environment say of endpoints; a mistake stops the start."""

from pathlib import Path
from typing import Any

import pytest

from app.runtime import Runtime, build_runtime
from config.settings import SettingsError, load_settings
from tests.integration.deliveries.endpoints import entry, write_business
from tests.receivers import SECRET


def start(environ: dict[str, str]) -> Runtime:
    return build_runtime(load_settings(environ))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "Crm!"}, "id must be"),
        ({"url": "http://crm.example/"}, "https://"),
        ({"url": "https://10.0.0.1/", "allow_private": []}, "private address"),
        ({"types": ["opted_up"]}, "opted_up"),
        ({"types": "opted_out"}, "list of texts"),
        ({"secret_variable": "whsec_abc"}, "not the secret itself"),
        ({"secret_variable": "ENDPOINT_SECRET_OTHER"}, "must hold the signing secret"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_an_endpoint_stops_the_start(
    environ: dict[str, str], tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    path = write_business(tmp_path, entry("crm", 9, **changes))

    with pytest.raises(SettingsError) as raised:
        start({**environ, "BUSINESS_FILE": str(path), "ENDPOINT_SECRET_TESTS": SECRET})

    assert said in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("secret", ["short", "whsec_AAAA", f"{SECRET},whsec_!!!"])
def test_a_secret_that_nobody_could_verify_with_stops_the_start(
    environ: dict[str, str], tmp_path: Path, secret: str
) -> None:
    path = write_business(tmp_path, entry("crm", 9))

    with pytest.raises(SettingsError) as raised:
        start({**environ, "BUSINESS_FILE": str(path), "ENDPOINT_SECRET_TESTS": secret})

    assert "ENDPOINT_SECRET_TESTS" in str(raised.value)
    assert secret not in str(raised.value)


def test_one_endpoint_cannot_stand_twice(environ: dict[str, str], tmp_path: Path) -> None:
    path = write_business(tmp_path, entry("crm", 9), entry("crm", 10))

    with pytest.raises(SettingsError, match="crm stands twice"):
        start({**environ, "BUSINESS_FILE": str(path), "ENDPOINT_SECRET_TESTS": SECRET})
