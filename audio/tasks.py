"""Where Celery finds this app's tasks; each is declared under the function it runs."""

from audio.services.files import collect
from audio.services.imports import fetch
from audio.services.imports import sweep as sweep_imports
from audio.services.ingest import process, sweep
from audio.services.uploads import expire

__all__ = ["collect", "expire", "fetch", "process", "sweep", "sweep_imports"]
