"""A loopback stand-in for Casset's audio addresses: byte ranges, delays and refusals on demand."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django_htmx

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".woff2": "font/woff2"}
RANGE = re.compile(r"bytes=(\d+)-(\d*)$")
TTL_S = 600


@dataclass
class Track:
    """One sound and how the server feels about its addresses."""

    id: int
    title: str
    audio: bytes
    duration_ms: int
    preview: bytes = b""
    preview_ms: int = 0
    offset_ms: int = 0


@dataclass
class World:
    """What the server knows; tests change it while the browser plays."""

    tracks: dict[int, Track] = field(default_factory=dict)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)  # token → status, reason
    previews: set[int] = field(default_factory=set)  # tracks that are handed out as previews only
    gone: set[int] = field(default_factory=set)
    delay_s: float = 0.0
    ttl_s: int = TTL_S
    minted: int = 0
    requests: list[tuple[str, str, int]] = field(default_factory=list)  # method, path, status
    plays: list[str] = field(default_factory=list)
    page: str = ""
    answers_after: int | None = None  # bytes of a body after which the line hangs, for good
    closing: threading.Event = field(default_factory=threading.Event)

    def playable(self, track_id: int) -> dict[str, Any]:
        """A playable with a fresh address, as /listen/tracks/<id>/ answers it."""
        track = self.tracks[track_id]
        self.minted += 1
        preview = track_id in self.previews
        kind = "p" if preview else "f"
        return {
            "id": track.id,
            "title": track.title,
            "artist": "Nova Kite",
            "artist_url": "/@nova/",
            "casset": "Side A",
            "casset_id": 3,
            "url_page": f"/@nova/side-a/{track.id}/",
            "casset_url": "/@nova/side-a/",
            "cover": {"small": "", "large": "", "color": "#aa3311"},
            "src": f"/a/{track.id}{kind}.mp3?t={self.minted}",
            "expires": int(time.time()) + self.ttl_s,
            "scope": "preview" if preview else "full",
            "duration_ms": track.preview_ms if preview else track.duration_ms,
            "track_ms": track.duration_ms,
            "offset_ms": track.offset_ms if preview else 0,
            "peaks": PEAKS,
            "spectrum": "",
            "ticket": f"ticket-{track.id}-{self.minted}",
            "lyrics": False,
        }

    def audio_requests(self) -> list[tuple[str, str, int]]:
        return [request for request in self.requests if request[1].startswith("/a/")]


PEAKS = "gKCQsMDQ4PD//+DQwLCgkICQoLDA0ODw//Dg0MCwoJCAkKCwwNDg8P/w4NDAsKCQgJCgsMDQ4PD/8ODQwLCgkA=="


def import_map() -> str:
    """Every module under its bare name, as base.html prints it."""
    base = ROOT / "static" / "js"
    names = {
        f"casset/{p.relative_to(base).with_suffix('')}": f"/static/js/{p.relative_to(base)}"
        for p in base.rglob("*.js")
    }
    return json.dumps({"imports": names})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, world: World, *args: Any) -> None:
        self.world = world
        super().__init__(*args)

    def log_message(self, *args: Any) -> None:
        """Silence: the world keeps its own log."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        route: Callable[[str], None] = next(
            (action for prefix, action in self.routes().items() if path.startswith(prefix)), self.send_page
        )
        route(path)

    def routes(self) -> dict[str, Callable[[str], None]]:
        return {
            "/htmx.js": self.send_htmx,
            "/static/": self.send_static,
            "/tests/": self.send_own,
            "/a/": self.send_audio,
            "/listen/": self.send_listen,
        }

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.world.plays.append(body["ticket"])
        self.answer(204, b"")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.world.requests.append((self.command, self.path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.write(body)

    def write(self, body: bytes) -> None:
        limit = self.world.answers_after
        cut = limit is not None and self.path.startswith("/a/") and len(body) > limit
        try:
            self.wfile.write(body[:limit] if cut else body)
            if cut:
                self.world.closing.wait(60)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        if cut:
            self.close_connection = True

    def send_page(self, path: str) -> None:
        page = self.world.page.replace("IMPORT_MAP", import_map())
        self.answer(200, page.encode(), Content_Type="text/html; charset=utf-8", Set_Cookie="csrftoken=abc")

    def send_static(self, path: str) -> None:
        self.send_file(ROOT / path.lstrip("/"))

    def send_htmx(self, path: str) -> None:
        self.send_file(Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js")

    def send_own(self, path: str) -> None:
        self.send_file(HERE / path.removeprefix("/tests/"))

    def send_file(self, file: Path) -> None:
        if not file.is_file():
            return self.answer(404, b"")
        kind = TYPES.get(file.suffix, "application/octet-stream")
        return self.answer(200, file.read_bytes(), Content_Type=kind, Cache_Control="no-cache")

    def send_listen(self, path: str) -> None:
        time.sleep(self.world.delay_s)
        number = int(path.strip("/").split("/")[-1])
        if "/cassets/" in path:
            return self.send_json(
                {"tracks": [self.world.playable(track_id) for track_id in self.world.tracks]}
            )
        if number in self.world.gone or number not in self.world.tracks:
            return self.answer(404, b"")
        return self.send_json(self.world.playable(number))

    def send_json(self, value: object) -> None:
        self.answer(
            200, json.dumps(value).encode(), Content_Type="application/json", Cache_Control="no-store"
        )

    def send_audio(self, path: str) -> None:
        time.sleep(self.world.delay_s)
        token = parse_qs(urlsplit(self.path).query)["t"][0]
        name = path.removeprefix("/a/").removesuffix(".mp3")
        refusal = self.world.refusals.get(token)
        if refusal:
            return self.answer(refusal[0], b"", X_Audio_Reason=refusal[1], Cache_Control="no-store")
        track = self.world.tracks[int(name[:-1])]
        return self.send_range(track.preview if name.endswith("p") else track.audio)

    def send_range(self, body: bytes) -> None:
        common = {
            "Content_Type": "audio/mpeg",
            "Accept_Ranges": "bytes",
            "Cache_Control": "private, max-age=600",
        }
        asked = RANGE.match(self.headers.get("Range", ""))
        if not asked or self.command == "HEAD":
            return self.answer(200, body, **common)
        first, last = int(asked[1]), min(int(asked[2] or len(body)), len(body) - 1)
        if first >= len(body):
            return self.answer(416, b"", Content_Range=f"bytes */{len(body)}")
        span = f"bytes {first}-{last}/{len(body)}"
        return self.answer(206, body[first : last + 1], Content_Range=span, **common)


def serve(world: World) -> tuple[ThreadingHTTPServer, str]:
    """Start on a free loopback port. Stop with .shutdown() and .server_close()."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, world))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"
