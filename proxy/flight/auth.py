"""Who calls: the token in the `authorization` header, as Bearer or as the password of Basic.

A Basic handshake is answered with `authorization: Bearer <token>`, which drivers then send with every call. The user name of
Basic is not looked at: the token says who it is.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import pyarrow.flight as flight

from planner.errors import AuthDenied
from proxy.flight.threads import keep_state


def token_of(authorization: str | None) -> str | None:
    """The token in an `authorization` header; None where there is none. Raises AuthDenied where the header cannot be read."""
    if not authorization:
        return None
    scheme, _, credentials = authorization.strip().partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer":
        return credentials or None
    if scheme.lower() != "basic":
        raise AuthDenied("The authorization header must be Bearer or Basic.")
    try:
        # The ADBC driver leaves the padding out.
        decoded = base64.b64decode(credentials + "=" * (-len(credentials) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise AuthDenied("The credentials in the authorization header cannot be read.") from None
    return decoded.partition(":")[2] or None


class Handshake(flight.ServerAuthHandler):  # type: ignore[misc]
    """Lets the handshake through: without a handler pyarrow answers it with UNIMPLEMENTED. Credentials are headers, and are
    checked on every call before it starts. pyarrow asks `is_valid` first of all, on the thread of the call."""

    def authenticate(self, outgoing: Any, incoming: Any) -> None:
        return None

    def is_valid(self, token: bytes) -> bytes:
        keep_state()
        return b""
