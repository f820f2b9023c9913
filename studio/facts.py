"""What a track's source file is, in words: no Django here."""

import re

CODECS = {
    "mp3": "MP3",
    "flac": "FLAC",
    "aac": "AAC",
    "alac": "Apple Lossless",
    "vorbis": "Ogg Vorbis",
    "opus": "Opus",
}
PCM = re.compile(r"pcm_([suf])(\d+)")
LAYOUTS = {1: "mono", 2: "stereo"}


def source(codec: str, rate: int | None, channels: int | None) -> str:
    """("pcm_s16le", 44100, 2) as "16-bit PCM, 44.1 kHz, stereo"; what is not known is left out."""
    parts = [codec_name(codec)]
    if rate:
        parts.append(f"{rate / 1000:g} kHz")
    if channels:
        parts.append(LAYOUTS.get(channels, f"{channels} channels"))
    return ", ".join(filter(None, parts))


def codec_name(codec: str) -> str:
    if pcm := PCM.match(codec):
        kind = "float PCM" if pcm[1] == "f" else "PCM"
        return f"{pcm[2]}-bit {kind}"
    return CODECS.get(codec, codec.upper())
