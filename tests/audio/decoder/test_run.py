"""From an upload to a rendition, in a process that may die at any time."""

import io
import json
import tempfile
import time

import numpy as np
import pytest

from audio import preview
from audio.decoder import encode, run
from audio.mp3 import FrameIndex
from tests.audio.decoder.hostile import wav_header
from tests.audio.decoder.sounds import Sound, decoded, encoded, id3, mp3, music
from tests.audio.decoder.uploads import Heard, decode

SECONDS = 4


@pytest.fixture(scope="module")
def sound() -> Sound:
    return music(SECONDS)


@pytest.fixture(scope="module")
def heard(sound: Sound) -> Heard:
    return decode(encoded(sound, "wav", "pcm_s16le"))


@pytest.mark.parametrize(
    ("container", "codec", "rate", "channels"),
    [
        ("mp3", "libmp3lame", 44_100, 2),
        ("mp3", "libmp3lame", 22_050, 1),
        ("flac", "flac", 48_000, 2),
        ("wav", "pcm_s24le", 96_000, 2),
        ("wav", "pcm_f32le", 44_100, 1),
        ("aiff", "pcm_s16be", 44_100, 2),
        ("ipod", "aac", 44_100, 2),
        ("ipod", "alac", 44_100, 2),
        ("adts", "aac", 44_100, 2),
        ("ogg", "libopus", 48_000, 2),
        ("ogg", "vorbis", 44_100, 2),
    ],
)
def test_every_kind_of_music_file_is_heard(container: str, codec: str, rate: int, channels: int) -> None:
    upload = encoded(
        music(2, rate=rate, channels=channels), container, codec, rate=rate, strict="experimental"
    )
    result = decode(upload)
    assert result.decoded.sample_rate == rate
    assert result.decoded.channels == channels
    assert result.decoded.duration_ms == pytest.approx(2000, abs=50)
    assert decoded(result.rendition).shape == pytest.approx((2, 88_200), abs=2300)


def test_the_measurements_are_right(heard: Heard) -> None:
    result = heard.decoded
    assert (result.form, result.codec) == ("wav", "pcm_s16le")
    assert result.samples == SECONDS * 44_100
    assert result.duration_ms == SECONDS * 1000
    assert result.bad_packets == 0
    assert -40 < result.loudness_lufs < -10
    assert result.loudness_lufs + result.gain_db == pytest.approx(encode.TARGET_LUFS, abs=0.01)
    assert (len(result.peaks), max(result.peaks)) == (800, 255)
    assert heard.spectrum[:4] == b"CSP1"
    assert len(heard.spectrum) == 12 + 12 * 20 * SECONDS
    assert result.peak_memory_kb < 128 * 1024


def test_the_rendition_is_the_sound_at_its_new_level_to_the_sample(heard: Heard, sound: Sound) -> None:
    rendition = decoded(heard.rendition)
    assert rendition.shape == sound.shape
    wanted = sound * 10 ** (heard.decoded.gain_db / 20)
    error = float(np.sqrt(np.mean(np.square(rendition - wanted))) / np.sqrt(np.mean(np.square(wanted))))
    assert error < 0.15
    shifted = float(np.mean(np.square(rendition[:, 1:] - wanted[:, :-1])))
    assert shifted > float(np.mean(np.square(rendition - wanted)))


def test_the_rendition_is_constant_without_reservoir_and_indexable(heard: Heard) -> None:
    index = FrameIndex.build(heard.rendition)
    assert index.total_samples == SECONDS * 44_100
    assert index.offsets[-1] == len(heard.rendition)
    assert (index.header.kbps, index.sample_rate, index.header.channels) == (192, 44_100, 2)
    assert max(index.lookback) == 0
    assert not index.truncated
    assert len(index.to_bytes()) < 150


@pytest.mark.parametrize("start", [0, 1, 1105, 44_100, 60_001])
def test_a_preview_of_the_rendition_is_exact(heard: Heard, start: int) -> None:
    index = FrameIndex.build(heard.rendition)
    cut = preview.cut(index, io.BytesIO(heard.rendition), start, 66_150)
    whole = decoded(heard.rendition)[:, start : start + 66_150]
    assert decoded(cut).shape == whole.shape
    assert float(np.abs(decoded(cut) - whole).max()) < 1e-6


def test_a_loud_track_is_lowered_and_a_peaky_one_stays_under_the_ceiling() -> None:
    loud = decode(encoded(np.clip(music(1, level=4), -1, 1), "wav", "pcm_s16le")).decoded
    assert loud.gain_db < -3
    clicks = np.zeros((2, 44_100), np.float32)
    clicks[:, ::4410] = 0.7
    peaky = decode(encoded(clicks, "wav", "pcm_s16le")).decoded
    assert peaky.gain_db == pytest.approx(encode.CEILING_DBTP - peaky.true_peak_db, abs=0.01)


def test_surround_sound_reaches_the_same_level_in_stereo() -> None:
    samples = (music(2, channels=6) * 20_000).astype("<i2").T.tobytes()
    result = decode(wav_header(6, 44_100, 16, len(samples)) + samples)
    assert result.decoded.channels == 6
    again = decode(result.rendition).decoded
    assert again.loudness_lufs == pytest.approx(encode.TARGET_LUFS, abs=0.5)


def test_a_whisper_is_raised_no_more_than_the_limit() -> None:
    assert decode(encoded(music(1, level=0.01), "wav", "pcm_s16le")).decoded.gain_db == encode.MOST_GAIN_DB


def test_tags_are_read_and_cleaned() -> None:
    def text(name: bytes, value: bytes) -> bytes:
        return name + (len(value) + 1).to_bytes(4, "big") + b"\0\0\3" + value

    frames = (
        text(b"TIT2", "Öl \x07\u202eLamps".encode()) + text(b"TPE1", b"Nova Kite") + text(b"TRCK", b"3/9")
    )
    result = decode(id3(frames) + mp3(music(1))[45:]).decoded
    assert result.title == "Öl Lamps"
    assert (result.tags.artist, result.tags.track_number) == ("Nova Kite", 3)


def test_progress_goes_up(sound: Sound) -> None:
    told: list[int] = []
    decode(encoded(music(40), "wav", "pcm_s16le"), on_progress=told.append)
    assert told
    assert told == sorted(told)
    assert all(0 <= percent <= 100 for percent in told)


class Stop(Exception):
    pass


def _program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Start this instead of the worker; `asked` is what the worker would have been asked."""
    head = "import json, os, sys, time; sys.path.append(sys.argv[1]); asked = json.loads(sys.argv[2])\n"
    monkeypatch.setattr(run, "_START", head + code)


def test_what_the_progress_callback_raises_ends_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    _program(monkeypatch, "print('{\"progress\": 5}', flush=True); time.sleep(60)")

    def stop(_: int) -> None:
        raise Stop

    begun = time.monotonic()
    with pytest.raises(Stop):
        decode(b"x", on_progress=stop)
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize(
    ("code", "code_of_refusal"),
    [
        ("time.sleep(60)", "timeout"),
        ("os.close(1); time.sleep(60)", "timeout"),
        ("os.fork() or time.sleep(60)", "timeout"),
        ("while True: print('{\"progress\": 5}', flush=True); time.sleep(0.05)", "timeout"),
        (
            "from audio.decoder import confine, limits\n"
            "confine.limit(limits.Limits(**asked['limits']))\nwhile True: pass",
            "too_complex",
        ),
    ],
)
def test_a_worker_that_hangs_is_ended_and_the_file_refused(
    monkeypatch: pytest.MonkeyPatch, code: str, code_of_refusal: str
) -> None:
    _program(monkeypatch, code)
    seconds = 1 if code_of_refusal == "timeout" else 30
    with pytest.raises(run.Rejected) as caught:
        decode(b"x", run.Limits(wall_seconds=seconds, cpu_seconds=1))
    assert caught.value.code == code_of_refusal


@pytest.mark.parametrize(
    "code",
    [
        "os.kill(os.getpid(), 9)",
        "os.kill(os.getpid(), 11)",
        "sys.exit(3)",
        "raise RuntimeError('broken')",
        "pass",
        "print('rubbish')",
        "print('[]')",
        "print('{\"done\": {}}')",
        "print('{\"done\": 3}')",
        'print(\'{"rejected": "because", "facts": {}}\')',
        "print('{\"progress\": 1e999}')",
        "print('{\"progress\": 5}')",
        "print('{\"done\": ', end='')",
        "print('x' * 200_000)",
    ],
)
def test_a_worker_that_dies_or_talks_nonsense_is_a_crash(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    _program(monkeypatch, code)
    with pytest.raises(run.DecoderCrashed):
        decode(b"x", on_progress=lambda _: None)


def test_a_verdict_without_a_rendition_is_a_crash(monkeypatch: pytest.MonkeyPatch, heard: Heard) -> None:
    result = heard.decoded
    fields = {name: getattr(result, name) for name in result.__slots__}
    tags = {name: getattr(result.tags, name) for name in result.tags.__slots__}
    answer = {**fields, "peaks": result.peaks.hex(), "tags": tags, "walls": sorted(result.walls)}
    _program(monkeypatch, f"print({json.dumps({'done': answer})!r})")
    with pytest.raises(run.DecoderCrashed, match="size"):
        decode(b"x")


def test_a_crash_tells_the_log_why(monkeypatch: pytest.MonkeyPatch) -> None:
    _program(monkeypatch, "raise RuntimeError('broken')")
    with pytest.raises(run.DecoderCrashed, match="RuntimeError: broken"):
        decode(b"x")


def test_the_worker_gets_three_files_and_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    _program(
        monkeypatch,
        "fds = sorted(map(int, os.listdir('/proc/self/fd')))\n"
        "os.write(asked['output'], json.dumps([fds, sorted(os.environ), os.getcwd()]).encode())",
    )
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as bands,
    ):
        with pytest.raises(run.DecoderCrashed):
            run.decode(source, out, bands)
        out.seek(0)
        descriptors, names, directory = json.loads(out.read())
        given = {source.fileno(), out.fileno(), bands.fileno()}
    # the last one is the directory being listed
    assert len(set(descriptors) - {0, 1, 2} - given) == 1
    assert set(names) <= {"LANG", "LC_CTYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert directory == "/"


def test_the_walls_are_named(heard: Heard) -> None:
    assert {"rlimits", "no_new_privs"} <= heard.decoded.walls


def test_without_a_required_wall_nothing_is_decoded(sound: Sound) -> None:
    upload = io.BytesIO(encoded(sound, "wav", "pcm_s16le"))
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as bands,
    ):
        source.write(upload.getvalue())
        with pytest.raises(run.DecoderUnavailable, match="moat"):
            run.decode(source, out, bands, limits=run.Limits(required_walls=frozenset({"moat", "rlimits"})))
        assert (out.seek(0, 2), bands.seek(0, 2)) == (0, 0)


def test_a_rendition_over_the_limit_is_refused() -> None:
    with pytest.raises(run.Rejected) as caught:
        decode(encoded(music(8), "flac", "flac"), run.Limits(output_bytes=150_000))
    assert caught.value.code == "too_large"
