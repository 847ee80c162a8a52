"""What the sandbox needs to know, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_PORT = 8360
DEFAULT_WEBHOOK_URL = "http://127.0.0.1:8000/webhooks/360dialog"
DEFAULT_PHONE_NUMBER_ID = "200300400500600"
DEFAULT_DISPLAY_NUMBER = "15550102030"
DEFAULT_API_KEY = "sandbox-key"
WABA_ID = "100200300400500"
LOOPBACK_HOST = "127.0.0.1"
SEVEN_DAYS_SECONDS = 7 * 24 * 3600.0
LARGEST_PORT = 65_535

# Each of these is set by one hosting platform in every process that it runs.
PLATFORM_VARIABLES = (
    "DYNO",
    "FLY_APP_NAME",
    "K_SERVICE",
    "RAILWAY_ENVIRONMENT",
    "RENDER",
    "SCALINGO_APP",
    "VCAP_APPLICATION",
    "WEBSITE_INSTANCE_ID",
)


class ConfigError(ValueError):
    """The sandbox can not or must not start as it is configured; the text says what to change."""


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """One number of the business; at 360dialog one API key belongs to exactly one number."""

    phone_number_id: str
    display_phone_number: str
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """How one sandbox behaves.

    `status_delay_seconds` lies between two status notifications of one message.
    `enforce_rates` switches on the throughput and pair limits, which would be in the way of a
    load test.
    """

    port: int = DEFAULT_PORT
    host: str = LOOPBACK_HOST
    webhook_url: str = DEFAULT_WEBHOOK_URL
    webhook_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    numbers: tuple[BusinessNumber, ...] = (
        BusinessNumber(DEFAULT_PHONE_NUMBER_ID, DEFAULT_DISPLAY_NUMBER, DEFAULT_API_KEY),
    )
    status_delay_seconds: float = 0.4
    webhook_timeout_seconds: float = 5.0
    retry_first_seconds: float = 0.5
    retry_longest_seconds: float = 30.0
    retry_for_seconds: float = SEVEN_DAYS_SECONDS
    enforce_rates: bool = False

    def __post_init__(self) -> None:
        if self.host != LOOPBACK_HOST:
            raise ConfigError(f"The sandbox binds {LOOPBACK_HOST} only, not {self.host!r}.")
        if not self.numbers:
            raise ConfigError("The sandbox needs at least one business number.")


def load_config(environ: Mapping[str, str]) -> SandboxConfig:
    """Read the environment; raises ConfigError with one text that says what to change."""
    refuse_platform(environ)
    first_key = environ.get("D360_API_KEY") or DEFAULT_API_KEY
    first = BusinessNumber(DEFAULT_PHONE_NUMBER_ID, DEFAULT_DISPLAY_NUMBER, first_key)
    return SandboxConfig(
        port=read_port(environ.get("SANDBOX_PORT", "")),
        webhook_url=environ.get("WEBHOOK_URL") or DEFAULT_WEBHOOK_URL,
        webhook_token=environ.get("WEBHOOK_TOKEN", "").split(",")[0].strip(),
        signing_secret=environ.get("WEBHOOK_SIGNING_SECRET", ""),
        numbers=(first, *read_keys(environ.get("SANDBOX_KEYS", ""))),
        enforce_rates=environ.get("SANDBOX_LIMITS", "") == "1",
    )


def refuse_platform(environ: Mapping[str, str]) -> None:
    """Raise ConfigError when the environment is that of a hosting platform."""
    found = [name for name in PLATFORM_VARIABLES if environ.get(name)]
    if found:
        raise ConfigError(
            f"The sandbox pretends to be WhatsApp and never runs in production, but {found[0]} is "
            "set, which means that this process runs on a hosting platform. Remove the sandbox "
            "from the Procfile and point D360_BASE_URL at 360dialog."
        )


def read_port(text: str) -> int:
    """Return the port; the default for an empty text. Raises ConfigError."""
    if not text:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or int(text[:6]) > LARGEST_PORT:
        raise ConfigError(f"SANDBOX_PORT must be a port number from 0 to {LARGEST_PORT}.")
    return int(text)


def read_keys(text: str) -> tuple[BusinessNumber, ...]:
    """Read `phone_number_id:key,...`; raises ConfigError without repeating a key."""
    numbers = []
    for position, part in enumerate(filter(None, (item.strip() for item in text.split(","))), 1):
        phone_number_id, colon, key = part.partition(":")
        if not colon or not phone_number_id or not key:
            raise ConfigError(
                f"SANDBOX_KEYS item {position} must look like phone_number_id:key (no spaces)."
            )
        numbers.append(BusinessNumber(phone_number_id, invent_display(phone_number_id), key))
    return tuple(numbers)


def invent_display(phone_number_id: str) -> str:
    """Return the display number of a business number that only has an id."""
    if phone_number_id == DEFAULT_PHONE_NUMBER_ID:
        return DEFAULT_DISPLAY_NUMBER
    digits = "".join(filter(str.isdigit, phone_number_id))
    return "1555" + digits[-7:].rjust(7, "0")
