"""A request to an ASGI application without a server."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = False


def call(
    app: Any,
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    before_chunk: Callable[[int], None] | None = None,
) -> Answer:
    """One request; `before_chunk(n)` runs before the n-th piece of the body is taken."""
    return asyncio.run(acall(app, url, method, headers, before_chunk))


async def acall(
    app: Any,
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    before_chunk: Callable[[int], None] | None = None,
) -> Answer:
    parts = urlsplit(url)
    answer, chunks = Answer(), 0
    scope = {
        "type": "http",
        "method": method,
        "path": parts.path,
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal chunks
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            return
        if before_chunk is not None:
            before_chunk(chunks)
        chunks += 1
        answer.body += message["body"]
        answer.complete = not message.get("more_body")

    await app(scope, receive, send)
    return answer
