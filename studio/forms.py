"""What artists type in the studio. Forms check the shape of it; the services decide."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from audio.models import ISRC_RULE, LONGEST_PREVIEW_MS, Casset, Track
from audio.services.cassets import MOST_TAGS
from audio.services.tracks import SHORTEST_PREVIEW_MS

LENGTHS_MS = (15_000, 30_000, 45_000, 60_000, 90_000)
LONGEST_TAG = 30
CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?")


def ms_of(text: str) -> int:
    """1:01.5 or 61.5 in ms. Raises ValueError."""
    match = CLOCK.fullmatch(text.strip())
    if match is None or (match[1] and int(match[2]) > 59):
        raise ValueError(text)
    return (int(match[1] or 0) * 60 + int(match[2])) * 1000 + int((match[3] or "0").ljust(3, "0"))


def clock(ms: int) -> str:
    """The opposite of `ms_of`: 1:01.5, or 1:01 when it is a whole second."""
    minutes, rest = divmod(ms, 60_000)
    fraction = f".{rest % 1000:03}".rstrip("0").rstrip(".")
    return f"{minutes}:{rest // 1000:02}{fraction}"


class TitleForm(forms.Form):
    title = forms.CharField(
        max_length=120, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    )


class CassetForm(forms.Form):
    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    cover = forms.FileField(
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}),
        help_text="Square, at least 600 × 600 pixels. JPEG, PNG, WebP, AVIF or GIF.",
    )
    notes = forms.CharField(
        label="Liner notes",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Who played, where, why. Listeners read them on the casset's page.",
    )
    tags = forms.CharField(
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=f"Genres and moods with commas between them, up to {MOST_TAGS}: dub, night drive.",
    )

    @classmethod
    def of(cls, casset: Casset) -> "CassetForm":
        tags = ", ".join(tag.name for tag in casset.tags.all())
        return cls(initial={"title": casset.title, "notes": casset.notes, "tags": tags})

    def clean_tags(self) -> list[str]:
        """Distinct names, in the artist's order."""
        named = {
            slugify(name, allow_unicode=True): name.strip()
            for name in self.cleaned_data["tags"].split(",")
            if name.strip()
        }
        if "" in named:
            raise ValidationError(f"“{named['']}” has no letter and no digit.")
        if len(named) > MOST_TAGS:
            raise ValidationError(f"These are {len(named)} tags. Keep the {MOST_TAGS} that say most.")
        if long := next((name for name in named.values() if len(name) > LONGEST_TAG), ""):
            raise ValidationError(f"“{long}” is too long: a tag has up to {LONGEST_TAG} letters.")
        return list(named.values())


class TrackForm(forms.Form):
    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    lyrics = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Plain words, or timed lines like [01:23.45] (LRC): those move with the music.",
    )
    credit = forms.CharField(
        label="Credits", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    isrc = forms.CharField(
        label="ISRC",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The recording's international code, if it has one.",
    )
    premium_only = forms.BooleanField(
        label="For collectors only",
        required=False,
        help_text="Everybody else hears the preview.",
    )

    @classmethod
    def of(cls, track: Track) -> "TrackForm":
        words = {"title": track.title, "lyrics": track.lyrics, "credit": track.credits, "isrc": track.isrc}
        return cls(initial={**words, "premium_only": track.premium_only})

    def clean_isrc(self) -> str:
        code = re.sub(r"[\s-]", "", self.cleaned_data["isrc"]).upper()
        if code:
            ISRC_RULE(code)
        return code


class PreviewForm(forms.Form):
    """The window of a track that everybody may hear. `start` and `length` are cleaned to ms."""

    start = forms.CharField(
        label="Starts at",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text="Minutes and seconds, like 1:05.",
    )
    length = forms.TypedChoiceField(label="Length", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, track: Track, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = track.duration_ms
        length = min(track.preview_length_ms, whole)
        self.fields["length"].choices = [(ms, _length_name(ms, whole)) for ms in lengths(whole, length)]  # type: ignore[attr-defined]
        self.initial = {"start": clock(min(track.preview_start_ms, whole - length)), "length": length}

    def clean_start(self) -> int:
        try:
            return ms_of(self.cleaned_data["start"])
        except ValueError:
            raise ValidationError("Write minutes and seconds, like 1:05 or 1:05.5.") from None


def lengths(track_ms: int, chosen_ms: int) -> Sequence[int]:
    """The preview lengths to choose from: the usual ones that fit, a short track as a whole, and the present one."""
    fitting = {ms for ms in LENGTHS_MS if SHORTEST_PREVIEW_MS <= ms <= track_ms}
    whole = {track_ms} if track_ms <= LONGEST_PREVIEW_MS else set()
    return sorted(fitting | whole | {chosen_ms})


def _length_name(ms: int, track_ms: int) -> str:
    return "All of it" if ms == track_ms else f"{ms / 1000:g} s"


class MoveForm(forms.Form):
    """Where a track goes; 0 is first. Beyond the ends means the end."""

    position = forms.IntegerField(min_value=-1, max_value=100_000)


class ImportForm(forms.Form):
    url = forms.CharField(
        label="Web address",
        max_length=2000,
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "https://…",
            }
        ),
        help_text="An https:// or ipfs:// address of an audio file.",
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url.lower().startswith(("https://", "ipfs://")):
            raise ValidationError("The address has to begin with https:// or ipfs://.")
        return url
