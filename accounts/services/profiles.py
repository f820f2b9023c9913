"""A user's own facts: name, handle, picture, address."""

from allauth.account.models import EmailAddress

from accounts.models import User
from accounts.services import handles
from accounts.services.refusals import refusing
from casset_site.lib import pictures
from casset_site.lib.pictures import Picture

AVATARS = "avatars"


def keep_picture(picture: Picture | None, *, present: str, remove: bool = False) -> str:
    """Store a new picture, if any, and return what the row's `avatar` becomes. Not within a transaction."""
    if picture is None:
        return "" if remove else present
    pictures.store(picture, AVATARS)
    return picture.hash


def edit(
    *,
    user: User,
    display_name: str,
    handle: str,
    picture: Picture | None = None,
    remove_picture: bool = False,
) -> None:
    """Change the profile. `user` is untouched when the change is refused. Raises AccountError."""
    handles.check(handle, owner=user)
    avatar = keep_picture(picture, present=user.avatar, remove=remove_picture)
    with refusing():
        handles.claim(handle, owner=user)
        User.objects.filter(pk=user.pk).update(display_name=display_name, handle=handle, avatar=avatar)
    user.refresh_from_db(fields=["display_name", "handle", "avatar"])


def replace_email(*, user: User, email: str) -> None:
    """Staff moves an account to another address; no earlier one can sign in or reset the password then."""
    with refusing():
        User.objects.filter(pk=user.pk).update(email=email)
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=email.lower(), primary=True, verified=False)
    user.refresh_from_db(fields=["email"])
