"""Which addresses the server may be sent to by a user: pure checks, no network."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Collection, Sequence
from urllib.parse import unquote

from yarl import URL

MAX_LENGTH = 2048

SENTENCES = {
    "bad_url": "We cannot read this address. Please copy it again, with https:// in front.",
    "bad_scheme": "Please use an address that starts with https:// or ipfs://.",
    "bad_port": "Please use an address without a port number.",
    "private_address": "This address leads into a private network. Please use one that everybody can reach.",
    "too_many_redirects": "This address sends us on too often. Please use the final address of the file.",
    "insecure_redirect": "This address sends us on to one without encryption. Please use another.",
    "not_found": "There is no file at this address.",
    "forbidden": "The server keeps this file to itself. Please make it public, or upload the file instead.",
    "too_large": "The file at this address is too large.",
    "too_slow": "The server took too long to send the file. Please try again later, or upload the file instead.",
    "unreachable": "We could not reach this server. Please check the address, or try again later.",
    "bad_certificate": "This server's security certificate is not valid, so we did not connect to it.",
    "bad_answer": "The server did not send the whole file. Please try again later, or upload the file instead.",
}
TEMPORARY = frozenset({"too_slow", "unreachable", "bad_answer"})

_HOST_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa")

# Not for the general public, beyond what the standard library says: relays and tunnels to IPv4 addresses
# (6to4, Teredo, with all of IETF's protocol assignments) and documentation. NAT64 and mapped addresses lie
# outside of global unicast, 2000::/3.
_CLOSED_V4 = tuple(ipaddress.IPv4Network(text) for text in ("192.88.99.0/24", "192.0.0.0/24"))
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")

_IPFS = re.compile(r"ipfs://(?:ipfs/)?(?P<cid>[A-Za-z0-9]+)(?P<path>/.*)?", re.IGNORECASE)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class OutboundRefused(Exception):
    """An address was not fetched. `reason` is a key of SENTENCES, `message` the sentence for the user."""

    def __init__(self, reason: str, message: str = "") -> None:
        self.reason = reason
        self.message = message or SENTENCES[reason]
        super().__init__(self.message)

    @property
    def temporary(self) -> bool:
        """Another try later may succeed."""
        return self.reason in TEMPORARY


def is_public(address: str) -> bool:
    """Is this IP address (as text) one that anybody on the internet may be at?"""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _CLOSED_V4)
    return ip in _UNICAST_V6 and not any(ip in network for network in _CLOSED_V6)


def parse(text: str, schemes: Collection[str], *, any_port: bool = False) -> URL:
    """The address, its form checked; the very object to connect with, so that nobody reads it differently.

    Raises OutboundRefused: bad_url, bad_scheme, bad_port, private_address.
    """
    if len(text) > MAX_LENGTH or any(character <= " " or character in "\\\x7f" for character in text):
        raise OutboundRefused("bad_url")
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError as error:
        raise OutboundRefused("bad_url") from error
    if not url.scheme or not host or "%" in host:  # an escape, or the zone of a link-local address
        raise OutboundRefused("bad_url")
    if url.scheme not in schemes:
        raise OutboundRefused("bad_scheme")
    if "@" in url.raw_authority or "@" in text.split("//", 1)[1].split("/", 1)[0]:
        raise OutboundRefused("bad_url", "Please use an address without a user name or password.")
    if not any_port and port != (443 if url.scheme == "https" else 80):
        raise OutboundRefused("bad_port")
    _check_host(host.rstrip("."))
    return url.with_fragment(None)


def ipfs_addresses(text: str, gateways: Sequence[str]) -> list[str]:
    """The address of `ipfs://CID/path` at each gateway (`https://host`), in order. Raises OutboundRefused."""
    match = _IPFS.fullmatch(text)
    if match is None or len(text) > MAX_LENGTH or not _is_cid(match["cid"]):
        raise OutboundRefused(
            "bad_url", "This is not an IPFS address we know. It starts with ipfs:// and a CID."
        )
    segments = [unquote(segment) for segment in (match["path"] or "").split("/")[1:]]
    if any(segment in {".", ".."} or set(segment) & set("/\\\0") for segment in segments):
        raise OutboundRefused("bad_url")
    return [str(URL(gateway).joinpath("ipfs", match["cid"], *segments)) for gateway in gateways]


def _check_host(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return  # whether it is public is asked when connecting, as for every name
    labels = host.split(".")
    local = any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)
    # `2130706433` and `0x7f.1` are 127.0.0.1 to some resolvers.
    if local or _NUMBER.fullmatch(labels[-1]) or (len(labels) == 1 and labels[0].isascii()):
        raise OutboundRefused("private_address")
    if not _HOST_NAME.fullmatch(host):
        raise OutboundRefused("bad_url")


def _is_cid(cid: str) -> bool:
    """Version 0 (base58 of a sha256 multihash) or version 1 in base32, the two forms in use."""
    if cid.startswith("Qm"):
        return len(cid) == 46 and _base58(cid)[:2] == b"\x12\x20"
    if not re.fullmatch(r"b[a-z2-7]{50,120}", cid):
        return False
    body = cid[1:].upper()
    try:
        return base64.b32decode(body + "=" * (-len(body) % 8))[0] == 1
    except binascii.Error:
        return False


def _base58(text: str) -> bytes:
    number = 0
    for character in text:
        digit = _BASE58.find(character)
        if digit < 0:
            return b""
        number = number * 58 + digit
    return number.to_bytes(34, "big") if number.bit_length() <= 34 * 8 else b""
