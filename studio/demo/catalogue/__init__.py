"""The demo's people and their music. All names, words and notes are invented for it."""

from studio.demo.catalogue.acoustic import ACOUSTIC
from studio.demo.catalogue.electric import ELECTRIC
from studio.demo.catalogue.entries import ArtistEntry, CassetEntry, TrackEntry, seconds_of, seed_of

# Every demo account signs in with this password. Artists' addresses are <handle>@example.com.
PASSWORD = "casset-demo"  # noqa: S105  (public on purpose: the accounts exist only where the demo was loaded)
LISTENER_EMAIL = "listener@example.com"
LISTENER_HANDLE = "ada-listens"
LISTENER_NAME = "Ada Fields"
STAFF_EMAIL = "staff@example.com"
STAFF_HANDLE = "mira-keeps"
STAFF_NAME = "Mira (staff)"
# What the listener holds already: (artist's handle, casset's title).
LISTENER_SHELF = (("okada-rain", "Last Train Study Group"), ("ines-valverde", "Thin Walls"))

CATALOGUE: tuple[ArtistEntry, ...] = (*ACOUSTIC, *ELECTRIC)

__all__ = [
    "CATALOGUE",
    "LISTENER_EMAIL",
    "LISTENER_HANDLE",
    "LISTENER_NAME",
    "LISTENER_SHELF",
    "PASSWORD",
    "STAFF_EMAIL",
    "STAFF_HANDLE",
    "STAFF_NAME",
    "ArtistEntry",
    "CassetEntry",
    "TrackEntry",
    "seconds_of",
    "seed_of",
]
