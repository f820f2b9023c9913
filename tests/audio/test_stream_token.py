"""Tokens that open one rendition for one listener for a while, and nothing else."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.stream_token import (
    BadTokenError,
    Claims,
    ExpiredTokenError,
    Scope,
    Signer,
    TokenError,
    bucketed_expiry,
    listener_tag,
)

NOW = 1_790_000_000
CLAIMS = Claims(Scope.PREVIEW, 345, NOW + 600, 77, 9)
SIGNER = Signer({1: b"a" * 32, 2: b"b" * 32}, current=2)
URL_SAFE = set(string.ascii_letters + string.digits + "-_")
numbers = st.integers(0, 2**32 - 1)
claims = st.builds(Claims, st.sampled_from(Scope), numbers, numbers, numbers, numbers)


def _refused(token: str, now: float = NOW) -> str:
    with pytest.raises(TokenError) as caught:
        SIGNER.check(token, now=now)
    return caught.value.reason


@given(claims)
def test_what_was_signed_is_read_back(signed: Claims) -> None:
    token = SIGNER.mint(signed)
    assert len(token) == 40
    assert set(token) <= URL_SAFE
    assert SIGNER.check(token, now=signed.expires - 1) == signed


def test_minting_twice_gives_the_same_token() -> None:
    assert SIGNER.mint(CLAIMS) == SIGNER.mint(CLAIMS)


def test_a_token_is_good_until_the_second_it_expires() -> None:
    token = SIGNER.mint(CLAIMS)
    assert SIGNER.check(token, now=CLAIMS.expires - 0.001) == CLAIMS
    with pytest.raises(ExpiredTokenError):
        SIGNER.check(token, now=CLAIMS.expires)
    assert _refused(token, CLAIMS.expires + 1) == "expired"


@pytest.mark.parametrize("bit", range(240))
def test_a_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(SIGNER.mint(CLAIMS)))
    raw[bit // 8] ^= 1 << bit % 8
    assert _refused(base64.urlsafe_b64encode(raw).decode()) == "bad"


@given(st.integers(0, 39), st.characters())
def test_a_changed_character_is_refused(at: int, character: str) -> None:
    token = SIGNER.mint(CLAIMS)
    changed = token[:at] + character + token[at + 1 :]
    if changed != token:
        assert _refused(changed) == "bad"


@given(st.text(max_size=60))
def test_no_text_opens_anything(text: str) -> None:
    assert _refused(text) == "bad"


@pytest.mark.parametrize("extra", ["=", "==", "A", "\n", " ", "AAAA"])
def test_nothing_may_stand_beside_a_token(extra: str) -> None:
    token = SIGNER.mint(CLAIMS)
    assert _refused(token + extra) == "bad"
    assert _refused(extra + token) == "bad"
    assert _refused(token[: -len(extra)]) == "bad"


def test_the_plain_base64_alphabet_is_refused() -> None:
    minted = (SIGNER.mint(CLAIMS._replace(rendition=number)) for number in range(1000))
    token = next(token for token in minted if "-" in token and "_" in token)
    assert _refused(token.replace("-", "+")) == "bad"
    assert _refused(token.replace("_", "/")) == "bad"


def test_a_preview_token_does_not_become_a_full_one() -> None:
    raw = bytearray(base64.urlsafe_b64decode(SIGNER.mint(CLAIMS)))
    raw[0] = 0x10 | Scope.FULL
    assert _refused(base64.urlsafe_b64encode(raw).decode()) == "bad"


def test_an_old_key_still_opens_and_a_removed_one_does_not() -> None:
    old = Signer({1: b"a" * 32}, current=1).mint(CLAIMS)
    assert SIGNER.check(old, now=NOW) == CLAIMS
    with pytest.raises(BadTokenError):
        Signer({2: b"b" * 32}, current=2).check(old, now=NOW)


def test_a_key_with_the_same_id_and_another_value_does_not_open() -> None:
    assert _refused(Signer({2: b"c" * 32}, current=2).mint(CLAIMS)) == "bad"


@pytest.mark.parametrize("head", [0x00, 0x10, 0x13, 0x21, 0xFF])
def test_an_unknown_version_or_scope_is_refused_though_signed(head: int) -> None:
    forged = Claims(head - 0x10, *CLAIMS[1:])  # type: ignore[arg-type]
    if 0 <= (0x10 | forged.scope) <= 255 and 0x10 | forged.scope not in {0x11, 0x12}:
        assert _refused(SIGNER.mint(forged)) == "bad"


@pytest.mark.parametrize(
    ("keys", "current"), [({}, 1), ({1: b"a" * 32}, 2), ({1: b"short"}, 1), ({300: b"a" * 32}, 300)]
)
def test_unusable_keys_are_refused_at_once(keys: dict[int, bytes], current: int) -> None:
    with pytest.raises(ValueError, match="key"):
        Signer(keys, current)


@given(st.integers(0, 2**31))
def test_the_expiry_is_between_one_life_and_one_bucket_more(now: int) -> None:
    expiry = bucketed_expiry(now)
    assert now + 600 <= expiry < now + 900
    assert expiry % 300 == 0


def test_the_expiry_is_the_same_throughout_a_bucket() -> None:
    assert {bucketed_expiry(NOW - NOW % 300 + second + 1) for second in range(300)} == {NOW - NOW % 300 + 900}


def test_a_listener_tag_is_short_steady_and_keyed() -> None:
    tag = listener_tag("cookie", b"k" * 32)
    assert 0 <= tag < 2**32
    assert tag == listener_tag("cookie", b"k" * 32)
    assert tag != listener_tag("cookie", b"l" * 32)
    assert tag != listener_tag("other", b"k" * 32)
