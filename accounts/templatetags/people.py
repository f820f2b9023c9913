"""What templates say about people and their mail."""

from pathlib import Path

from django import template
from django.conf import settings

from accounts.models import Artist, User
from accounts.services.profiles import AVATARS
from casset_site.lib import pictures

register = template.Library()


@register.filter
def avatar_url(person: User | Artist, width: int) -> str:
    """Public address of somebody's picture, 96 or 320 pixels wide; "" without one."""
    return pictures.url(person.avatar, AVATARS, width)


@register.simple_tag
def development_mail() -> str:
    """Where mail really goes while it goes to no mailbox: a folder, or "the terminal"; "" in production."""
    backend: str = settings.EMAIL_BACKEND
    if backend.endswith("filebased.EmailBackend"):
        folder = Path(getattr(settings, "EMAIL_FILE_PATH", ""))
        return str(
            folder.relative_to(settings.BASE_DIR) if folder.is_relative_to(settings.BASE_DIR) else folder
        )
    return "the terminal" if backend.endswith("console.EmailBackend") else ""
