"""Structured logs with a request id; no query string, token or personal data ever."""

import logging.config
from typing import Any, TypedDict

import structlog


class Options(TypedDict):
    json: bool
    level: str


def configure(options: Options) -> None:
    """Django's LOGGING_CONFIG hook: one formatter for everything that logs through the standard library."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if options["json"]
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    loggers: dict[str, dict[str, Any]] = {
        name: {"level": "WARNING"}
        for name in ("uvicorn.access", "botocore", "urllib3", "PIL", "aiohttp", "asyncio")
    }
    # The server has set up handlers of its own by now, which know neither our form nor the request.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        loggers[name] = {**loggers.get(name, {}), "handlers": [], "propagate": True}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": loggers,
        }
    )
