"""Settings of a worker process that a test starts and kills: the test's own database and files."""

import os
from pathlib import Path

from casset_site.settings.test import *  # noqa: F403  (a settings module is one namespace)
from casset_site.settings.test import DATABASES, storage

DATABASES["default"]["NAME"] = os.environ["WORKER_DATABASE"]
DATA_DIR = Path(os.environ["WORKER_DATA_DIR"])
UPLOAD_DIR = DATA_DIR / "uploads"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": storage("media", MEDIA_ROOT, "/media/"),
    "originals": storage("originals", DATA_DIR / "originals", None),
    "renditions": storage("renditions", DATA_DIR / "renditions", None),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
