"""Why a file is refused, in words its artist understands."""

CODECS = "MP3, FLAC, WAV, AIFF, M4A (AAC or ALAC), Ogg Vorbis or Opus"

MESSAGES = {
    "empty": "This file is empty. Please choose it again, or export it once more.",
    "unknown_format": f"This does not look like an audio file. Please upload {CODECS}.",
    "unsupported_codec": f"The sound in this file is stored in a way we cannot read. Please export it as {CODECS}.",
    "no_audio": "There is no sound track in this file. Please export the music itself and upload that.",
    "undecodable": "This file is damaged and cannot be played. Please export it again and upload the new file.",
    "too_corrupt": "Too many parts of this file are damaged. Please export it again and upload the new file.",
    "truncated": (
        "This file should last {declared}, but ends after {heard}. "
        "It was probably cut off while copying: please upload the complete file."
    ),
    "cut_off": (
        "This file breaks off after {heard}. "
        "It was probably cut off while copying: please upload the complete file."
    ),
    "wrong_length": (
        "This file says that it lasts {declared}, but plays for {heard}. "
        "Please export it again and upload the new file."
    ),
    "too_long": "This recording is longer than {limit}. Please split it into shorter tracks.",
    "too_short": "This recording is shorter than half a second. Please upload a whole track.",
    "silent": "This recording is silent from start to end. Please check the export and upload it again.",
    "bad_rate": "The sample rate of this file is out of range. Please export it at 44.1 or 48 kHz.",
    "bad_channels": "This file has too many channels. Please export it in stereo.",
    "changed_midstream": (
        "The sample rate or the channels change in the middle of this file. "
        "Please export it as one piece, for instance as WAV or FLAC."
    ),
    "too_complex": (
        "This file takes too much work to decode. Please export it in stereo at 44.1 or 48 kHz and try again."
    ),
    "too_large": "This file needs too much memory to decode. Please export it in stereo at 44.1 or 48 kHz.",
    "timeout": "This file took too long to decode. Please export it as WAV or FLAC and try again.",
}


class Rejected(Exception):
    """A verdict on the file. `code` is a key of MESSAGES, the text is for the artist. Facts in seconds."""

    def __init__(self, code: str, *, heard: float = 0, declared: float = 0, limit: float = 0) -> None:
        self.code = code
        self.facts = {"heard": heard, "declared": declared, "limit": limit}
        super().__init__(MESSAGES[code].format_map({name: clock(fact) for name, fact in self.facts.items()}))


def clock(seconds: float) -> str:
    """As people say it: 1.5 seconds, 40 seconds, 3:05, 20 minutes."""
    if seconds < 60:
        return f"{seconds:.1f} seconds" if seconds < 10 else f"{seconds:.0f} seconds"
    if seconds > 36_000:
        return "more than 10 hours"
    minutes, rest = divmod(round(seconds), 60)
    if rest:
        return f"{minutes}:{rest:02d} minutes"
    return f"{minutes} minute" + ("s" if minutes > 1 else "")
