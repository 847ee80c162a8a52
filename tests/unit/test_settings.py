from pathlib import Path

import pytest

from config.settings import Secret, SettingsError, load_settings

COMPLETE = {
    "REDIS_URL": "rediss://user:redis-password@redis.example.com:6380/0",
    "D360_API_KEY": "d360-key-0123456789",
    "WEBHOOK_TOKEN": "webhook-token-0123456789",
    "API_TOKENS": "shop:read+write:api-secret-0123456789",
    "SECRET_KEY": "secret-key-0123456789",
}
SECRETS = ("redis-password", "d360-key", "webhook-token", "api-secret", "secret-key-0")


def problems_of(**changes: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings({**COMPLETE, **changes})
    return caught.value.problems


def test_the_least_environment_that_works() -> None:
    settings = load_settings(COMPLETE)

    assert settings.redis_url.reveal() == COMPLETE["REDIS_URL"]
    assert settings.redis_tls_verify is True
    assert settings.d360_base_url == "https://waba-v2.360dialog.io"
    assert settings.d360_keys["D360_API_KEY"].reveal() == "d360-key-0123456789"
    assert (settings.port, settings.web_concurrency, settings.worker_processes) == (8000, 2, 3)
    assert settings.log_format == "json"
    assert settings.business_file.name == "business.toml"
    assert settings.warnings == ()


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"PORT": "0", "LOG_FORMAT": "xml"})

    text = str(caught.value)
    assert text.startswith("Heed cannot start; 7 setting(s) need attention:")
    for name in (
        "REDIS_URL",
        "D360_API_KEY",
        "WEBHOOK_TOKEN",
        "API_TOKENS",
        "SECRET_KEY",
        "PORT",
        "LOG_FORMAT",
    ):
        assert f"\n  - {name} " in text


@pytest.mark.parametrize("name", list(COMPLETE))
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_is_a_missing_one(name: str, value: str) -> None:
    [problem] = problems_of(**{name: value})

    assert problem.startswith(f"{name} is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("REDIS_URL", "http://redis-password@example.com", id="redis scheme"),
        pytest.param("REDIS_URL", "127.0.0.1:6379", id="redis without scheme"),
        pytest.param("REDIS_TLS_VERIFY", "maybe", id="tls"),
        pytest.param("D360_BASE_URL", "http://waba.example.com", id="key over plain HTTP"),
        pytest.param("D360_BASE_URL", "waba-v2.360dialog.io", id="base URL without scheme"),
        pytest.param("PORT", "65536", id="port too high"),
        pytest.param("PORT", "-1", id="negative port"),
        pytest.param("PORT", "٨٠", id="port in other digits"),
        pytest.param("WEB_CONCURRENCY", "0", id="no web processes"),
        pytest.param("WORKER_PROCESSES", "many", id="workers in words"),
        pytest.param("LOG_FORMAT", "JSON", id="log format"),
        pytest.param("BUSINESS_FILE", "/no/such/file", id="no business file"),
        pytest.param("API_TOKENS", "api-secret-0123456789", id="secret alone"),
        pytest.param("API_TOKENS", ":read:api-secret-0123456789", id="no name"),
        pytest.param("API_TOKENS", "a:reed:api-secret-0123456789", id="unknown scope"),
        pytest.param("API_TOKENS", "a::api-secret-0123456789", id="no scope"),
        pytest.param("API_TOKENS", "a:read:", id="no secret"),
        pytest.param("API_TOKENS", "a:read:x,a:write:y", id="name twice"),
    ],
)
def test_a_wrong_value_is_told_without_repeating_it(name: str, value: str) -> None:
    [problem] = problems_of(**{name: value})

    assert problem.startswith(name)
    assert not any(secret in problem for secret in SECRETS)


def test_tokens_have_names_scopes_and_secrets_that_may_hold_colons() -> None:
    settings = load_settings(
        {**COMPLETE, "API_TOKENS": "a:read+send:one:two-0123456789, b:admin:three-0123456789,"}
    )

    first, second = settings.api_tokens
    assert (first.name, first.scopes) == ("a", frozenset({"read", "send"}))
    assert first.secret.reveal() == "one:two-0123456789"
    assert (second.name, second.scopes) == ("b", frozenset({"admin"}))


def test_the_webhook_token_may_be_several_while_it_rotates() -> None:
    settings = load_settings({**COMPLETE, "WEBHOOK_TOKEN": "new-0123456789ab, old-0123456789ab"})

    assert [one.reveal() for one in settings.webhook_tokens] == [
        "new-0123456789ab",
        "old-0123456789ab",
    ]


def test_a_signing_secret_stands_in_for_the_token() -> None:
    settings = load_settings(
        {**COMPLETE, "WEBHOOK_TOKEN": "", "WEBHOOK_SIGNING_SECRET": "signing-0123456789"}
    )

    assert settings.webhook_tokens == ()
    assert settings.webhook_signing_secrets[0].reveal() == "signing-0123456789"


def test_every_number_may_have_a_key_of_its_own() -> None:
    settings = load_settings({**COMPLETE, "D360_API_KEY_SHOP": " second-key ", "D360_KEY_X": ""})

    assert settings.d360_keys["D360_API_KEY_SHOP"].reveal() == "second-key"
    assert "D360_KEY_X" not in settings.d360_keys


@pytest.mark.parametrize("url", ["http://127.0.0.1:8360", "http://localhost:1/", "http://[::1]:1"])
def test_the_sandbox_on_this_machine_needs_no_tls(url: str) -> None:
    assert load_settings({**COMPLETE, "D360_BASE_URL": url}).d360_base_url == url.rstrip("/")


@pytest.mark.parametrize(
    ("changes", "verifies"),
    [
        pytest.param({}, True, id="anywhere"),
        pytest.param({"DYNO": "web.1"}, False, id="Heroku signs its Redis itself"),
        pytest.param({"DYNO": "web.1", "REDIS_TLS_VERIFY": "yes"}, True, id="asked for"),
        pytest.param({"REDIS_TLS_VERIFY": "no"}, False, id="refused"),
    ],
)
def test_certificates_of_redis_are_verified_except_on_heroku(
    changes: dict[str, str], verifies: bool
) -> None:
    assert load_settings({**COMPLETE, **changes}).redis_tls_verify is verifies


@pytest.mark.parametrize("name", ["WEBHOOK_TOKEN", "SECRET_KEY", "API_TOKENS"])
def test_a_short_secret_is_a_warning_and_not_repeated(name: str) -> None:
    value = "a:read:tiny" if name == "API_TOKENS" else "tiny"

    settings = load_settings({**COMPLETE, name: value})

    [warning] = settings.warnings
    assert warning.startswith(name)
    assert "tiny" not in warning


def test_secrets_are_not_printed() -> None:
    settings = load_settings({**COMPLETE, "WEBHOOK_SIGNING_SECRET": "signing-0123456789"})

    for text in (
        repr(settings),
        str(settings),
        f"{settings.secret_key}",
        repr(settings.api_tokens),
    ):
        assert not any(secret in text for secret in (*SECRETS, "signing-0"))
    assert str(Secret("x")) == "••••"


def test_a_business_file_of_ones_own_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.touch()

    assert load_settings({**COMPLETE, "BUSINESS_FILE": str(path)}).business_file == path
