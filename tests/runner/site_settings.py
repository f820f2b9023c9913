"""The local settings with uncompressed static files, which are made faster."""

from casset_site.settings.local import *  # noqa: F403  (a settings module is one namespace)
from casset_site.settings.local import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
