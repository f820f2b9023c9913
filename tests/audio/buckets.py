"""Buckets for tests: a real S3 server on this machine, and an origin that misbehaves as told."""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
NAME = "casset-test"


class Bucket:
    """One bucket of a running S3 server."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client: Any = boto3.client("s3", endpoint_url=endpoint, **KEYS)
        self.client.create_bucket(Bucket=NAME)

    def keys(self, prefix: str = "") -> list[str]:
        found = self.client.list_objects_v2(Bucket=NAME, Prefix=prefix).get("Contents", [])
        return [row["Key"] for row in found]

    def read(self, key: str) -> bytes:
        data: bytes = self.client.get_object(Bucket=NAME, Key=key)["Body"].read()
        return data

    def empty(self) -> None:
        for key in self.keys():
            self.client.delete_object(Bucket=NAME, Key=key)


@contextmanager
def serving() -> Iterator[Bucket]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Bucket(f"http://{host}:{port}")
    finally:
        server.stop()


class Origin:
    """A server that answers every request with the bytes it was given, waits if told to, and hangs up."""

    def __init__(self) -> None:
        self.answer = b""
        self.stall = threading.Event()
        self.stalls = False
        self.requests: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.stall.set()
        with contextlib.suppress(OSError):  # closed already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._reply, args=[client], daemon=True).start()

    def _reply(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (more := client.recv(65536)):
                head += more
            self.requests.append(head.decode("latin-1"))
            client.sendall(self.answer)
            if self.stalls:
                self.stall.wait(20)
