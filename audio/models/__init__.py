"""Cassets and their tracks, the renditions that are streamed, who may hear them in full, and plays."""

from audio.models.cassets import Casset, CassetQuerySet, CassetStatus, Tag
from audio.models.listening import AccessGrant, AccessGrantQuerySet, GrantSource, Play
from audio.models.renditions import Rendition
from audio.models.tracks import (
    DEFAULT_PREVIEW_MS,
    ISRC_RULE,
    LONGEST_PREVIEW_MS,
    SAMPLE_RATE,
    Track,
    TrackQuerySet,
    TrackStatus,
)
from audio.models.uploads import Upload, UploadStatus

__all__ = [
    "DEFAULT_PREVIEW_MS",
    "ISRC_RULE",
    "LONGEST_PREVIEW_MS",
    "SAMPLE_RATE",
    "AccessGrant",
    "AccessGrantQuerySet",
    "Casset",
    "CassetQuerySet",
    "CassetStatus",
    "GrantSource",
    "Play",
    "Rendition",
    "Tag",
    "Track",
    "TrackQuerySet",
    "TrackStatus",
    "Upload",
    "UploadStatus",
]
