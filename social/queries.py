"""The feed, read with a constant number of queries."""

from audio.models import Casset
from audio.queries import cassets_for_cards

PAGE = 24


def new_cassets(*, page: int) -> tuple[list[Casset], bool]:
    """One page (from 1) of the newest published cassets, and whether there are more."""
    first = (page - 1) * PAGE
    rows = list(cassets_for_cards(Casset.objects.published().newest())[first : first + PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE
