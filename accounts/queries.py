"""What accounts have to look up across their tables."""

from accounts.models import Artist, User


def is_handle_taken(handle: str, *, by_others_than: User | None = None) -> bool:
    """Does somebody else go by this name, as a user or as an artist? One name, one person."""
    users = User.objects.filter(handle__iexact=handle)
    artists = Artist.objects.filter(handle__iexact=handle)
    if by_others_than is not None:
        users = users.exclude(pk=by_others_than.pk)
        artists = artists.exclude(user=by_others_than)
    return users.exists() or artists.exists()
