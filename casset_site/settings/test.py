"""The test suite: real PostgreSQL and Redis (tests/plugin.py starts them), fast hashing, mail in memory."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each test process keeps its files to itself, and takes them along; before `base` reads the variable.
os.environ["CASSET_DATA_DIR"] = tempfile.mkdtemp(prefix="casset-test-")

from casset_site.settings.base import *  # noqa: F403  (a settings module is one namespace)
from casset_site.settings.base import BASE_DIR, STORAGES

DEBUG = False
SECRET_KEY = "test-only-secret-key-of-no-value-to-anyone"  # noqa: S105  (a test's own)
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ASSETS_DIR = BASE_DIR / ".casset" / "assets"  # fonts are built once for all runs
STATICFILES_DIRS = [BASE_DIR / "static", ASSETS_DIR]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
LOGGING = {"json": False, "level": "WARNING"}
TEST_FILES = Path(os.environ["CASSET_DATA_DIR"])


def _remove_files(owner: int) -> None:
    if os.getpid() == owner:  # not a fork of it
        shutil.rmtree(TEST_FILES, ignore_errors=True)


atexit.register(_remove_files, os.getpid())
