"""`make run` on one's own machine: nothing to configure, nothing to install, close to production."""

import fcntl
import json
import os
import secrets
from pathlib import Path

from casset_site import env

# The embedded servers' addresses, written by `make run` while it runs, so that `manage.py` finds them.
_services = (
    Path(os.environ.get("CASSET_DATA_DIR", Path(__file__).resolve().parents[2] / ".casset")) / "services.json"
)
if _services.exists():
    for _name, _url in json.loads(_services.read_text(encoding="utf-8")).items():
        os.environ.setdefault(_name, _url)

from casset_site.settings.base import *  # noqa: E402, F403  (a settings module is one namespace)
from casset_site.settings.base import DATA_DIR  # noqa: E402


def kept_secret() -> str:
    """A key of this machine, made at the first start, so that sessions outlive a restart."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(DATA_DIR / "secret_key", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        fcntl.flock(
            file, fcntl.LOCK_EX
        )  # of processes that start together, one makes it and the others read it
        key = file.read().strip()
        if not key:  # new, or left empty by one that was killed just here
            key = secrets.token_urlsafe(50)
            file.write(key)
        return key


DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "") or kept_secret()
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
LOG_JSON = env.flag("LOG_JSON", default=False)
LOGGING = {"json": LOG_JSON, "level": env.text("LOG_LEVEL", "INFO")}
