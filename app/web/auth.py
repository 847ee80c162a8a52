"""Who may call: API tokens with scopes, compared in constant time."""

import hmac
from collections.abc import Callable, Sequence

from flask import Request, g, request

from app.web.errors import ProblemError
from config.settings import APIToken


def find_token(tokens: Sequence[APIToken], secret: str) -> APIToken | None:
    """Return the token with this secret. All are compared, so that time tells nothing."""
    given = secret.encode("utf-8", "surrogatepass")
    found = None
    for token in tokens:
        if hmac.compare_digest(token.secret.reveal().encode(), given):
            found = token
    return found


def bearer_of(incoming: Request) -> str | None:
    """Return the secret of an `Authorization: Bearer …` header."""
    scheme, _, secret = incoming.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def require_scope(tokens: Sequence[APIToken], *scopes: str) -> Callable[[], None]:
    """Return a check for `before_request`: the caller has one of the scopes."""

    def check() -> None:
        authorize(tokens, bearer_of(request), *scopes)

    return check


def authorize(tokens: Sequence[APIToken], secret: str | None, *scopes: str) -> APIToken:
    """Return the caller's token.

    Raises:
        ProblemError: 401 without a token or with a wrong one, 403 without the scope.
    """
    if not secret:
        raise ProblemError(
            401,
            "No token",
            "Send `Authorization: Bearer <secret>`; secrets stand in API_TOKENS.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    token = find_token(tokens, secret)
    if token is None:
        raise ProblemError(
            401,
            "Wrong token",
            "No entry of API_TOKENS has this secret.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    if not token.scopes & set(scopes):
        raise ProblemError(
            403, "Not allowed", f"The token needs the scope {' or '.join(scopes)} in API_TOKENS."
        )
    g.caller = token.name
    return token
