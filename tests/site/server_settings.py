"""Settings of a web process that a test starts: the test's database and files, and the logs of production."""

from tests.worker_settings import *  # noqa: F403  (a settings module is one namespace)
from tests.worker_settings import DATABASES

LOGGING = {"json": True, "level": "INFO"}
DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = (
    4  # soon enough, and enough for a pool that finds all its connections cut
)
