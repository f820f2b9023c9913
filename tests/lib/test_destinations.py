import pytest
from hypothesis import given
from hypothesis import strategies as st

from casset_site.lib.destinations import OutboundRefused, ipfs_addresses, is_public, parse

CID0 = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"
CID1 = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "127.1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001:80e::200e"]


def refusal(text: str, schemes: tuple[str, ...] = ("https",)) -> str:
    with pytest.raises(OutboundRefused) as caught:
        parse(text, schemes)
    assert caught.value.message.endswith(".")
    return caught.value.reason


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_no_wrapping_makes_a_private_address_public(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    high, low = number >> 16, number & 0xFFFF
    for text in (f"::ffff:{address}", f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1"):
        assert not is_public(text)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.0x1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "ⓛocalhost",
        "a.localhost",
        "metadata",
        "metadata.google.internal",
        "printer.local",
        "router.lan",
        "nas.home.arpa",
    ],
)
def test_hosts_that_stand_for_this_network(host: str) -> None:
    assert refusal(f"https://{host}/file.mp3") == "private_address"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "files.example/a.mp3",
        "https://",
        "https:///a.mp3",
        "https:files.example",
        "https://fi les.example/",
        "https://files.example/a b",
        "https://files.example/\r\nHost: other",
        "https://files.example\\@other.example/",
        "https://user@files.example/",
        "https://user:secret@files.example/",
        "https://@files.example/",
        "https://files.example:99999/",
        "https://files..example/",
        "https://-files.example/",
        "https://127%2e0.0.1/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://files.example/" + "a" * 2048,
        "javascript:alert(1)",
    ],
)
def test_addresses_that_cannot_be_read(text: str) -> None:
    assert refusal(text) == "bad_url"


@pytest.mark.parametrize(
    "text",
    ["http://files.example/", "ftp://files.example/", "file://files.example/etc", "gopher://files.example/"],
)
def test_other_schemes(text: str) -> None:
    assert refusal(text) == "bad_scheme"


@pytest.mark.parametrize("port", [0, 22, 80, 8443])
def test_other_ports(port: int) -> None:
    assert refusal(f"https://files.example:{port}/") == "bad_port"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://files.example/a.mp3", "files.example"),
        ("https://FILES.example:443/a.mp3?key=1#part", "files.example"),
        ("https://bücher.example/a%20b.mp3", "xn--bcher-kva.example"),
        ("https://8.8.8.8/a.mp3", "8.8.8.8"),
        ("https://[2606:4700::1111]/a.mp3", "2606:4700::1111"),
    ],
)
def test_good_addresses(text: str, host: str) -> None:
    url = parse(text, ("https",))
    assert url.raw_host == host
    assert not url.raw_fragment


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for candidate in (text, f"https://{text}", f"https://files.example/{text}"):
        try:
            url = parse(candidate, ("https",))
        except OutboundRefused:
            continue
        assert url.scheme == "https"
        assert url.raw_host
        assert url.user is None


@pytest.mark.parametrize("cid", [CID0, CID1])
def test_ipfs_addresses_are_asked_of_each_gateway_in_turn(cid: str) -> None:
    gateways = ["https://one.example", "https://two.example/"]
    assert ipfs_addresses(f"ipfs://{cid}/album/one%20two.mp3", gateways) == [
        f"https://one.example/ipfs/{cid}/album/one%20two.mp3",
        f"https://two.example/ipfs/{cid}/album/one%20two.mp3",
    ]
    assert ipfs_addresses(f"ipfs://{cid}", gateways)[0] == f"https://one.example/ipfs/{cid}"
    assert ipfs_addresses(f"IPFS://ipfs/{cid}", gateways)[0] == f"https://one.example/ipfs/{cid}"


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "hello",
        CID0[:-1],
        CID0[:-1] + "0",
        "Qm" + "z" * 44,
        CID1[:-10] + "0189018901",
        "a" + CID1[1:],
        "b" + "a" * 58,
        f"{CID0}/../admin",
        f"{CID0}/%2e%2e/admin",
        f"{CID0}/a%2Fb",
        f"{CID0}/a%5C..",
        f"{CID0}@evil.example/",
        f"{CID0}:80/",
        f"{CID0}?x=1",
        f"{CID0}/" + "a" * 2048,
    ],
)
def test_what_is_no_ipfs_address(rest: str) -> None:
    with pytest.raises(OutboundRefused) as caught:
        ipfs_addresses(f"ipfs://{rest}", ["https://one.example"])
    assert caught.value.reason == "bad_url"


def test_some_refusals_are_worth_another_try() -> None:
    assert OutboundRefused("too_slow").temporary
    assert not OutboundRefused("private_address").temporary
