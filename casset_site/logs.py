"""Structured logs with a request id; no query string, token or personal data ever."""

import logging.config
from typing import Any, TypedDict

import structlog


class Options(TypedDict):
    json: bool
    level: str


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
TALKATIVE = ("uvicorn.access", "botocore", "urllib3", "PIL", "aiohttp", "asyncio")
# The server has set up handlers of its own by then, which know neither our form nor the request.
SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access")


def configure(options: Options) -> None:
    """Django's LOGGING_CONFIG hook: one formatter for everything that logs through the standard library."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    loggers: dict[str, dict[str, Any]] = {name: {"handlers": [], "propagate": True} for name in SERVER}
    for name in TALKATIVE:
        loggers.setdefault(name, {})["level"] = "WARNING"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"structured": _formatter(json=options["json"])},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": loggers,
        }
    )


def _formatter(*, json: bool) -> dict[str, Any]:
    renderer: Any = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
