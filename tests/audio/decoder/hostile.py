"""Files that want something else than to be heard: their bytes, and how each must end."""

import struct
import zlib

import numpy as np

from tests.audio.decoder.sounds import Sound, encoded, id3, mp3, music

OK = ""  # the file is music after all


def playlists(address: str, local: str) -> dict[str, bytes]:
    """Text files that FFmpeg would follow to `address` (http://…) or to the file `local`."""
    hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n{}\n#EXT-X-ENDLIST\n"
    key = f'#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-KEY:METHOD=AES-128,URI="{address}.key"\n#EXTINF:10.0,\n'
    texts = {
        "hls_http": hls.format(f"{address}.ts"),
        "hls_http_mp3": hls.format(f"{address}.mp3"),
        "hls_file": hls.format(f"file://{local}"),
        "hls_concat": hls.format(f"concat:{address}|file:///etc/passwd"),
        "hls_key": f"{key}{address}.ts\n#EXT-X-ENDLIST\n",
        "hls_master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=128000\n{address}.m3u8\n",
        "concat_file": f"ffconcat version 1.0\nfile '{local}'\n",
        "concat_http": f"ffconcat version 1.0\nfile '{address}.mp3'\n",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 18998 RTP/AVP 0\n",
        "reference": f"[Reference]\nRef1={address}\n",
        "dash": (
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
            'profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet mimeType="audio/mp4">'
            f'<Representation id="1" bandwidth="1000"><BaseURL>{address}.mp4</BaseURL></Representation>'
            "</AdaptationSet></Period></MPD>"
        ),
        "html": "<html><script>alert(1)</script></html>" * 50,
    }
    return {name: text.encode() for name, text in texts.items()}


def wav_header(channels: int, rate: int, bits: int, length: int) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, bits)
    return (
        b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", length)
    )


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(height)) + packer.flush()
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_cover(song: bytes, picture: bytes) -> bytes:
    frame = b"\0image/png\0\x03\0" + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return id3(b"APIC" + size + b"\0\0" + frame) + song


def _lying_xing(song: bytes) -> bytes:
    lying = bytearray(song)
    at = lying.find(b"Info")
    lying[at + 8 : at + 12] = struct.pack(">I", 0x7FFFFFFF)
    return bytes(lying)


def _patched(file: bytes, box: bytes, offset: int, value: int) -> bytes:
    patched = bytearray(file)
    at = patched.find(box)
    patched[at + offset : at + offset + 4] = struct.pack(">I", value)
    return bytes(patched)


def _flipped(file: bytes) -> bytes:
    flipped = np.frombuffer(file, np.uint8).copy()
    chance = np.random.default_rng(1)
    at = chance.integers(500, len(flipped), len(flipped) // 250)
    flipped[at] = chance.integers(0, 256, at.size)
    return flipped.tobytes()


def _half(file: bytes) -> bytes:
    return file[: len(file) // 2]


def _silence(seconds: float) -> Sound:
    return np.zeros((2, int(44_100 * seconds)), np.float32)


ENDS = {  # how each of the files below must end
    "empty": "empty",
    "random": "unknown_format",
    "random after a sync word": "unknown_format",
    "a picture": "unknown_format",
    "half an MP3": "truncated",
    "half a FLAC": "truncated",
    "half an M4A": "undecodable",
    "half a WAV": "truncated",
    "half an Opus": "cut_off",
    "the first bytes of an MP3": "unknown_format",
    "the first bytes of a FLAC": "undecodable",
    "damaged everywhere": "too_corrupt",
    "two MP3s in one": "wrong_length",
    "two kinds of MP3 in one": "changed_midstream",
    "numbers that are no sound": "undecodable",
    "a lying Xing header": "truncated",
    "a second that lasts for ever": "truncated",
    "a table with 2 billion entries": OK,
    "a table of 2 billion sizes": "undecodable",
    "one sample each second": "bad_rate",
    "two billion samples each second": "bad_rate",
    "512 channels": "bad_channels",
    "60000 channels": "bad_channels",
    "a WAV of 4 GB that is empty": "undecodable",
    "no sound in a long silence": "silent",
    "a blink": "too_short",
    "a cover of 36 million pixels": OK,
    "a video": "unknown_format",
}


def files() -> dict[str, bytes]:
    sound = music(2)
    song = mp3(sound, bit_rate="128000")
    flac = encoded(sound, "flac", "flac")
    m4a = encoded(sound, "ipod", "aac", bit_rate="96000")
    wav = encoded(sound, "wav", "pcm_s16le")
    opus = encoded(music(2, rate=48_000), "ogg", "libopus", rate=48_000, bit_rate="64000")
    return {
        "empty": b"",
        "random": np.random.default_rng(0).bytes(200_000),
        "random after a sync word": b"\xff\xfb\x90\x64" + np.random.default_rng(2).bytes(99_000),
        "a picture": _png(20, 20),
        "half an MP3": _half(song),
        "half a FLAC": _half(flac),
        "half an M4A": _half(m4a),
        "half a WAV": _half(wav),
        "half an Opus": _half(opus),
        "the first bytes of an MP3": song[:200],
        "the first bytes of a FLAC": flac[:200],
        "damaged everywhere": _flipped(flac),
        "two MP3s in one": song + song,
        "two kinds of MP3 in one": song + mp3(music(2, rate=22_050, channels=1), rate=22_050),
        "numbers that are no sound": encoded(sound * 1e30, "wav", "pcm_f32le"),
        "a lying Xing header": _lying_xing(song),
        "a second that lasts for ever": _patched(m4a, b"mdhd", 16, 1),
        "a table with 2 billion entries": _patched(m4a, b"stts", 12, 0x7FFFFFFF),
        "a table of 2 billion sizes": _patched(m4a, b"stsz", 12, 0x0FFFFFFF),
        "one sample each second": wav_header(1, 1, 8, 400_000) + b"\x80" * 400_000,
        "two billion samples each second": wav_header(2, 0x7FFFFFFF, 16, 4000) + bytes(4000),
        "512 channels": wav_header(512, 44_100, 16, 1024 * 100) + bytes(102_400),
        "60000 channels": wav_header(60_000, 44_100, 8, 600_000) + bytes(600_000),
        "a WAV of 4 GB that is empty": wav_header(2, 44_100, 16, 0xFFFFFFF0),
        "no sound in a long silence": encoded(_silence(20), "flac", "flac"),
        "a blink": encoded(music(0.3), "wav", "pcm_s16le"),
        "a cover of 36 million pixels": with_cover(song[45:], _png(6000, 6000)),
        "a video": encoded(sound, "matroska", "flac"),
    }
