"""Files that want something else than to be heard get a clear refusal, and reach nothing."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import av
import pytest

from audio.decoder import media
from audio.decoder.limits import Limits
from tests.audio.decoder import hostile
from tests.audio.decoder.sounds import encoded, mp3, music
from tests.audio.decoder.uploads import decode, outcome

MOST_MEMORY_KB = 128 * 1024


class Listener(ThreadingHTTPServer):
    """Writes down who comes, and offers a song."""

    def __init__(self, song: bytes) -> None:
        self.hits: list[str] = []
        hits = self.hits

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_response(200)
                self.send_header("content-length", str(len(song)))
                self.end_headers()
                self.wfile.write(song)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hit"


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener(encoded(music(1), "wav", "pcm_s16le")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def local_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("private") / "song.wav"
    path.write_bytes(encoded(music(1), "wav", "pcm_s16le"))
    return path


PLAYLISTS = sorted(hostile.playlists("", ""))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return hostile.files()


@pytest.mark.parametrize("name", hostile.ENDS)
def test_a_hostile_or_damaged_file_ends_as_it_should(files: dict[str, bytes], name: str) -> None:
    assert outcome(files[name]) == hostile.ENDS[name]


def test_every_file_has_its_end(files: dict[str, bytes]) -> None:
    assert set(files) == set(hostile.ENDS)


def test_a_huge_cover_costs_no_memory(files: dict[str, bytes]) -> None:
    heard = decode(files["a cover of 36 million pixels"]).decoded
    assert heard.peak_memory_kb < MOST_MEMORY_KB
    assert heard.tags.cover_bytes > 100_000


@pytest.mark.parametrize("container", [("flac", "flac"), ("wav", "pcm_s16le")])
def test_what_never_ends_is_stopped_at_the_limit(container: tuple[str, str]) -> None:
    endless = encoded(music(12), *container)
    assert outcome(endless, Limits(max_seconds=3)) == "too_long"


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_is_no_music_and_nobody_is_called(listener: Listener, local_song: Path, name: str) -> None:
    upload = hostile.playlists(listener.address, str(local_song))[name]
    assert outcome(upload) == "unknown_format"
    assert listener.hits == []


@pytest.mark.parametrize("suffix", ["m3u8", "mp3", "wav", "ffconcat", "sdp"])
@pytest.mark.parametrize("name", PLAYLISTS)
def test_the_options_alone_keep_a_playlist_from_calling_anybody(
    listener: Listener, local_song: Path, name: str, suffix: str
) -> None:
    """Without the sniffer and the walls, under a name FFmpeg likes, guessing the format: the second line."""
    file = io.BytesIO(hostile.playlists(listener.address, str(local_song))[name])
    file.name = f"list.{suffix}"
    with (
        pytest.raises((av.error.FFmpegError, ValueError)),
        av.open(file, "r", options=dict(media.OPTIONS)) as container,
    ):
        next(container.decode(audio=0))
    assert listener.hits == []


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    with urlopen(listener.address) as answer:
        answer.read()
    assert listener.hits == ["/hit"]
    listener.hits.clear()


def test_a_wrong_name_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(mp3(music(1)))
    assert decode(path.read_bytes()).decoded.form == "mp3"
