"""Who a bearer token belongs to, the same for every protocol."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence

from planner.catalog import EVERYTHING, Grants
from planner.errors import AuthDenied, AuthMissing
from proxy.request import Caller
from proxy.settings import Token

Authenticate = Callable[[str | None], Caller]
"""`authenticate(token) -> Caller`, the token without `Bearer`. Raises AuthMissing without one, AuthDenied for an unknown one."""


def authentication(tokens: Sequence[Token]) -> Authenticate:
    """The way in for holders of `tokens`; without any, everybody is the open caller, who may do everything."""
    if not tokens:
        open_caller = Caller()
        return lambda token: open_caller
    callers = [(token.sha256.encode(), _caller(token)) for token in tokens]

    def authenticate(token: str | None) -> Caller:
        if not token:
            raise AuthMissing("This server needs a bearer token: send the header 'authorization: Bearer TOKEN'.")
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest().encode()
        found = None
        # Every token is compared, each in constant time: how long a refusal takes says nothing about the tokens.
        for known, caller in callers:
            if hmac.compare_digest(known, digest):
                found = caller
        if found is None:
            raise AuthDenied("This bearer token is not known here.")
        return found

    return authenticate


def _caller(token: Token) -> Caller:
    grants = EVERYTHING if token.grants is None else Grants(token.grants)
    return Caller(name=token.name, grants=grants, admin=token.admin)
