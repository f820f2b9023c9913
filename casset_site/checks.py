"""System checks: what is configured wrongly stops the start, in a sentence."""

import os
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register


@register()
def writable_data_folder(**_: Any) -> list[CheckMessage]:
    folder = settings.DATA_DIR
    parent = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(parent, os.W_OK):
        return []
    return [
        Error(
            f"{folder} cannot be written.",
            hint="Set CASSET_DATA_DIR to a folder of this user.",
            id="casset.E001",
        )
    ]


@register()
def known_wall_names(**_: Any) -> list[CheckMessage]:
    unknown = set(settings.DECODER_WALLS) - {"rlimits", "no_new_privs", "netns", "landlock", "user"}
    if not unknown:
        return []
    return [Error(f"DECODER_WALLS names unknown walls: {', '.join(sorted(unknown))}.", id="casset.E002")]


@register()
def bucket_has_a_public_address(**_: Any) -> list[CheckMessage]:
    url = settings.MEDIA_URL
    if not settings.S3_BUCKET or (url.startswith("https://") and url.endswith("/media/")):
        return []
    hint = "Set MEDIA_URL to the public address of the bucket's media folder: https://host/…/media/."
    return [Error("Pictures lie in a bucket, but nobody can see them there.", hint=hint, id="casset.E003")]


@register(deploy=True)
def mail_can_be_sent(**_: Any) -> list[CheckMessage]:
    if settings.EMAIL_BACKEND.endswith(("smtp.EmailBackend",)) and settings.EMAIL_HOST == "localhost":
        return [
            checks.Warning(
                "EMAIL_HOST is localhost.",
                hint="Set EMAIL_HOST unless a mail server runs here.",
                id="casset.W001",
            )
        ]
    return []
