"""Artist pages: opening one, and what its artist says there."""

from typing import NotRequired, TypedDict, Unpack

from accounts.models import Artist, User
from accounts.services import handles
from accounts.services.profiles import keep_picture
from accounts.services.refusals import PAGE_EXISTS, AccountError, refusing
from casset_site.lib.pictures import Picture


class ArtistFacts(TypedDict):
    """What an artist page says. `accent` is "#rrggbb" in small letters, `website` an https address."""

    name: str
    handle: str
    bio: NotRequired[str]
    location: NotRequired[str]
    website: NotRequired[str]
    accent: NotRequired[str]


def open_page(*, user: User, picture: Picture | None = None, **facts: Unpack[ArtistFacts]) -> Artist:
    """Make the user an artist. Each user has one page: a second call is refused. Raises AccountError."""
    if Artist.objects.owned_by(user).exists():
        raise AccountError(PAGE_EXISTS)
    handles.check(facts["handle"], owner=user)
    avatar = keep_picture(picture, present=user.avatar)
    with refusing():
        handles.claim(facts["handle"], owner=user)
        return Artist.objects.create(user=user, avatar=avatar, **facts)


def edit(
    *,
    artist: Artist,
    picture: Picture | None = None,
    remove_picture: bool = False,
    **facts: Unpack[ArtistFacts],
) -> None:
    """Change the page. `artist` is untouched when the change is refused. Raises AccountError."""
    handles.check(facts["handle"], owner=artist.user)
    avatar = keep_picture(picture, present=artist.avatar, remove=remove_picture)
    with refusing():
        handles.claim(facts["handle"], owner=artist.user)
        Artist.objects.filter(pk=artist.pk).update(avatar=avatar, **facts)
    artist.refresh_from_db()
