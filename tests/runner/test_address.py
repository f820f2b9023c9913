import socket

import pytest

from casset_site.runner import address
from casset_site.runner.address import Address
from casset_site.runner.errors import RunnerError


def test_it_is_loopback_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    assert Address.from_environment().url == "http://127.0.0.1:8000/"


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(RunnerError, match="PORT must be a number"):
        Address.from_environment()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:80/"),
        ("::1", "http://[::1]:80/"),
        ("casset.lan", "http://casset.lan:80/"),
    ],
)
def test_the_printed_address_can_be_opened(host: str, url: str) -> None:
    assert Address(host, 80).url == url


def test_a_taken_port_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "CLAIM_LIMIT_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RunnerError, match=f"Port {port} of 127.0.0.1 cannot be used.*PORT={port + 1}"):
            Address("127.0.0.1", port).claim()
    Address("127.0.0.1", port).claim()
