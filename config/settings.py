"""The environment, read once into one frozen object; every problem is reported at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from config.business_page import read_origins
from config.console_settings import ConsoleSettings, read_console

ROOT = Path(__file__).resolve().parent.parent

SCOPES = frozenset({"read", "write", "send", "admin"})
# Shorter ones work and are reported by `flask doctor`: a weak secret is no reason to lose a STOP.
STRONG_SECRET = 16
_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsError(Exception):
    """The environment cannot be used; the message lists every problem and what to do."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"Heed cannot start; {len(problems)} setting(s) need attention:\n{lines}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be printed; `reveal()` at the place of use."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __str__(self) -> str:
        return "••••"


@dataclass(frozen=True, slots=True)
class APIToken:
    """One caller of the API: its name (kept as evidence), what it may do, and its secret."""

    name: str
    scopes: frozenset[str]
    secret: Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides."""

    redis_url: Secret
    redis_tls_verify: bool
    d360_base_url: str
    d360_keys: Mapping[str, Secret]
    webhook_tokens: tuple[Secret, ...]
    webhook_signing_secrets: tuple[Secret, ...]
    endpoint_secrets: Mapping[str, tuple[Secret, ...]]
    api_tokens: tuple[APIToken, ...]
    secret_key: Secret
    # Those that it replaced: who was forgotten under one of them is known by it alone.
    former_secret_keys: tuple[Secret, ...]
    port: int
    web_concurrency: int
    worker_processes: int
    log_format: str
    business_file: Path
    # The database that `flask mirror` keeps up; it has a password in it.
    mirror_url: Secret = field(default_factory=lambda: Secret(""))
    # How long the feed of changes keeps an entry.
    feed_days: int = 30
    # Where people reach the web process; empty: where the request that asks came in.
    public_url: str = ""
    # Websites beside those of business.toml that may show the ways in.
    website_origins: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    console: ConsoleSettings = field(default_factory=ConsoleSettings)


class _Reader:
    """Takes values out of the environment and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []
        self.warnings: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def number(self, name: str, default: int, *, lowest: int, highest: int) -> int:
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
            return int(text)
        self.problems.append(f"{name} must be a whole number from {lowest} to {highest}")
        return default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        text = self.text(name, default)
        if text in allowed:
            return text
        self.problems.append(f"{name} must be one of {', '.join(allowed)}")
        return default

    def secrets(self, name: str, purpose: str, *, required: bool) -> tuple[Secret, ...]:
        """Return several secrets, which stand while one replaces another."""
        return tuple(
            self._judge(name, value) for value in self._present(name, purpose, required=required)
        )

    def secret(self, name: str, purpose: str) -> Secret:
        """Return one secret, which may have commas in it."""
        self._present(name, purpose, required=True)
        return self._judge(name, self.text(name))

    def _present(self, name: str, purpose: str, *, required: bool) -> tuple[str, ...]:
        values = self.several(name)
        if required and not values:
            self.problems.append(
                f"{name} is missing: {purpose}. Make one with "
                "python -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
        return values

    def _judge(self, name: str, value: str) -> Secret:
        if value and len(value) < STRONG_SECRET:
            self.warnings.append(
                f"{name} is short: {STRONG_SECRET} characters or more are hard to guess"
            )
        return Secret(value)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment.

    Raises:
        SettingsError: something is missing or wrong; all of it is in the message.
    """
    read = _Reader(environ)
    settings = Settings(
        redis_url=_redis_url(read),
        # Heroku's Redis has a self-signed certificate on every plan, and says so in its manual.
        redis_tls_verify=read.choice(
            "REDIS_TLS_VERIFY", "no" if "DYNO" in environ else "yes", ("yes", "no")
        )
        == "yes",
        d360_base_url=_base_url(read),
        d360_keys=_keys(read, environ),
        webhook_tokens=read.secrets(
            "WEBHOOK_TOKEN",
            "360dialog sends it as `Authorization: Bearer …` with each notification",
            required=not read.text("WEBHOOK_SIGNING_SECRET"),
        ),
        webhook_signing_secrets=read.secrets("WEBHOOK_SIGNING_SECRET", "", required=False),
        endpoint_secrets=_endpoint_secrets(environ),
        api_tokens=_api_tokens(read),
        secret_key=read.secret("SECRET_KEY", "it signs links and sessions"),
        former_secret_keys=read.secrets("FORMER_SECRET_KEYS", "", required=False),
        port=read.number("PORT", 8000, lowest=1, highest=65535),
        web_concurrency=read.number("WEB_CONCURRENCY", 2, lowest=1, highest=64),
        worker_processes=read.number("WORKER_PROCESSES", 3, lowest=1, highest=64),
        log_format=read.choice("LOG_FORMAT", "json", ("json", "text")),
        business_file=_business_file(read),
        mirror_url=Secret(read.text("MIRROR_URL")),
        feed_days=read.number("FEED_DAYS", 30, lowest=1, highest=3650),
        public_url=_public_url(read),
        website_origins=read_origins(
            [one.strip() for one in read.text("WEBSITE_ORIGINS").split(",") if one.strip()],
            "WEBSITE_ORIGINS",
            read.problems,
        ),
        console=read_console(environ, read.problems, read.warnings),
    )
    if read.problems:
        raise SettingsError(read.problems)
    return replace(settings, warnings=tuple(read.warnings))


def _redis_url(read: _Reader) -> Secret:
    url = read.text("REDIS_URL")
    if not url:
        read.problems.append("REDIS_URL is missing, e.g. rediss://:password@host:6379/0")
    elif urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        read.problems.append("REDIS_URL must begin with redis://, rediss:// or unix://")
    return Secret(url)


def _base_url(read: _Reader) -> str:
    url = read.text("D360_BASE_URL", "https://waba-v2.360dialog.io").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    # The key travels in a header, so plain HTTP is for the sandbox on this machine alone.
    if not (parts.scheme == "http" and parts.hostname in _LOOPBACK_HOSTS):
        read.problems.append("D360_BASE_URL must be an https:// address")
    return url


def _public_url(read: _Reader) -> str:
    url = read.text("PUBLIC_URL").rstrip("/")
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or parts.hostname in _LOOPBACK_HOSTS
        is_plain = bool(parts.hostname) and url == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        is_safe = is_plain = False
    # Who has the link to a preference page can change what a person chose: never in plain HTTP.
    if url and not (is_safe and is_plain):
        read.problems.append("PUBLIC_URL must be an https:// address without a path")
    return url


def _keys(read: _Reader, environ: Mapping[str, str]) -> dict[str, Secret]:
    """Keys of numbers: business.toml names the variable of each, D360_API_KEY is the default."""
    keys = {
        name: Secret(value.strip())
        for name, value in environ.items()
        if name.startswith("D360_") and "KEY" in name and value.strip()
    }
    if "D360_API_KEY" not in keys:
        read.problems.append("D360_API_KEY is missing: the key of your number at 360dialog")
    return keys


def _endpoint_secrets(environ: Mapping[str, str]) -> dict[str, tuple[Secret, ...]]:
    """Signing secrets of endpoints: business.toml names the variable of each; several rotate."""
    return {
        name: tuple(Secret(part.strip()) for part in value.split(",") if part.strip())
        for name, value in environ.items()
        if name.startswith("ENDPOINT_SECRET") and value.strip()
    }


def _api_tokens(read: _Reader) -> tuple[APIToken, ...]:
    tokens = []
    entries = read.several("API_TOKENS")
    if not entries:
        read.problems.append("API_TOKENS is missing: name:scope+scope:secret, comma-separated")
    for position, entry in enumerate(entries, start=1):
        # Problems name the position, since a broken entry may have its secret in any part.
        parts = entry.split(":", 2)
        if len(parts) != 3 or not parts[0]:  # noqa: PLR2004 - name, scopes, secret
            read.problems.append(f"API_TOKENS entry {position} must be name:scope+scope:secret")
            continue
        name, scopes_text, secret = parts
        scopes = frozenset(scopes_text.split("+"))
        if not scopes <= SCOPES:
            read.problems.append(
                f"API_TOKENS entry {position}: scopes are {', '.join(sorted(SCOPES))}",
            )
        if not secret:
            read.problems.append(f"API_TOKENS entry {position} has an empty secret")
        elif len(secret) < STRONG_SECRET:
            read.warnings.append(f"API_TOKENS entry {position}: the secret is short")
        tokens.append(APIToken(name, scopes, Secret(secret)))
    if len({token.name for token in tokens}) < len(tokens):
        read.problems.append("API_TOKENS: each name may stand once, since evidence keeps it")
    return tuple(tokens)


def _business_file(read: _Reader) -> Path:
    path = Path(read.text("BUSINESS_FILE", str(ROOT / "config" / "business.toml")))
    if not path.is_file():
        read.problems.append("BUSINESS_FILE must name a file such as config/business.toml")
    return path
