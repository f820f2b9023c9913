"""The import map: every own ES module under a bare name, so that one module has one URL, and one hash for the CSP."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

MODULES = Path("static/js")


@cache
def names() -> dict[str, str]:
    """Bare name to path below static/, for every module: {"casset/player/engine": "js/player/engine.js"}."""
    root = Path(settings.BASE_DIR) / MODULES
    paths = sorted(path.relative_to(root) for path in root.rglob("*.js"))
    return {f"casset/{path.with_suffix('').as_posix()}": f"js/{path.as_posix()}" for path in paths}


@cache
def text() -> str:
    """The JSON inside the script element."""
    imports = {name: static(path) for name, path in names().items()}
    return json.dumps({"imports": imports}, separators=(",", ":")).replace("<", "\\u003c")


@cache
def csp_source() -> str:
    """The source expression that lets exactly this map run under a strict policy."""
    digest = hashlib.sha256(text().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
