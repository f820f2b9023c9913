"""Stream tokens: 40 URL-safe characters that say who may fetch which rendition until when.

18 bytes of claims (version and scope in one byte, key id, then rendition, expiry, listener and grant as
big-endian 32-bit numbers) and 12 bytes of keyed BLAKE2b over them, in base64url. Checked without a database.
"""

import binascii
import struct
from collections.abc import Mapping
from enum import IntEnum
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple

_CLAIMS = struct.Struct(">BBIIII")
_VERSION = 1
_LENGTH = 40
# base64url onto base64; everything that is not base64url onto a byte the strict decoder refuses
_TO_BASE64 = bytes(
    {0x2D: 0x2B, 0x5F: 0x2F}.get(byte, 0x21 if byte in b"+/=" else byte) for byte in range(256)
)
_TO_URL = bytes.maketrans(b"+/", b"-_")


class Scope(IntEnum):
    """What the rendition is. It is signed with its id, so a preview token never opens the whole track."""

    FULL = 1
    PREVIEW = 2


_SCOPES = {_VERSION << 4 | scope: scope for scope in Scope}


class TokenError(Exception):
    """The token opens nothing. `reason` is the machine-readable answer."""

    reason = "bad"


class BadTokenError(TokenError):
    """Damaged, forged, of another version, or signed by a key no longer in use."""


class ExpiredTokenError(TokenError):
    """Genuine, but too old: the listener fetches a fresh one."""

    reason = "expired"


class Claims(NamedTuple):
    """Unsigned 32-bit. `expires` in Unix seconds, `listener` from `listener_tag`, `grant` 0 = none needed."""

    scope: Scope
    rendition: int
    expires: int
    listener: int
    grant: int = 0


class Signer:
    """Mints with the current key, accepts every key given. Key ids 0 to 255, keys 16 to 64 bytes."""

    __slots__ = ("_current", "_seeded")

    def __init__(self, keys: Mapping[int, bytes], current: int) -> None:
        if current not in keys:
            raise ValueError("the current signing key is not among the keys")
        if any(not 16 <= len(key) <= 64 or not 0 <= key_id <= 255 for key_id, key in keys.items()):
            raise ValueError("signing keys have 16 to 64 bytes and ids 0 to 255")
        # Hash states that have taken in their key already: copying one is cheaper than keying anew.
        self._seeded = {
            key_id: blake2b(key=key, digest_size=12, person=b"casset.audio") for key_id, key in keys.items()
        }
        self._current = current

    def mint(self, claims: Claims) -> str:
        scope, *rest = claims
        payload = _CLAIMS.pack(_VERSION << 4 | scope, self._current, *rest)
        signed = payload + self._mac(self._current, payload)
        return binascii.b2a_base64(signed, newline=False).translate(_TO_URL).decode()

    def check(self, token: str, *, now: float) -> Claims:
        """The claims of a genuine, fresh token. Raises BadTokenError or ExpiredTokenError."""
        try:
            raw = binascii.a2b_base64(token.encode("ascii").translate(_TO_BASE64), strict_mode=True)
        except ValueError as error:  # binascii.Error and UnicodeEncodeError are both of this kind
            raise BadTokenError from error
        if len(token) != _LENGTH or len(raw) != 30 or raw[1] not in self._seeded:
            raise BadTokenError
        payload = raw[:18]
        if not compare_digest(self._mac(raw[1], payload), raw[18:]):
            raise BadTokenError
        head, _, rendition, expires, listener, grant = _CLAIMS.unpack(payload)
        scope = _SCOPES.get(head)
        if scope is None:
            raise BadTokenError
        if expires <= now:
            raise ExpiredTokenError
        return Claims(scope, rendition, expires, listener, grant)

    def _mac(self, key_id: int, payload: bytes) -> bytes:
        state = self._seeded[key_id].copy()
        state.update(payload)
        return state.digest()


def bucketed_expiry(now: float, ttl: int = 600, bucket: int = 300) -> int:
    """Unix seconds, `ttl` ahead rounded up to a bucket: minting twice gives the same, cacheable URL."""
    return -(-int(now + ttl) // bucket) * bucket


def listener_tag(listener: str, key: bytes) -> int:
    """A 32-bit tag of a listener's cookie that ties a token to it without revealing it."""
    digest = blake2b(listener.encode(), key=key, digest_size=4, person=b"casset.listener").digest()
    return int.from_bytes(digest, "big")
