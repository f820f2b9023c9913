"""Typed readers for environment variables: each fails loudly at start, and `NAME_FILE` names a file to read instead."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that `<name>_FILE` points to; required without a default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror} ({path}).") from error
    value = os.environ.get(name, default)
    if value is None or (default is None and not value.strip()):
        raise ImproperlyConfigured(f"Set the environment variable {name} (or {name}_FILE).")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in TRUE


def number(name: str, default: int, *, least: int = 0) -> int:
    value = text(name, str(default))
    try:
        parsed = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    if parsed < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}, not {parsed}.")
    return parsed


def words(name: str, default: str | None = None) -> list[str]:
    """A comma-separated list; required without a default."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
