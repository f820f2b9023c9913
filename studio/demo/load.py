"""Put the demo's catalogue on the site through the site's own services, composing what is not kept yet.

Safe to stop at any line and to run again: finished tracks are left alone, unfinished ones are made anew, and the
listener's account, opened last, says that everything is there.
"""

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Artist, User
from accounts.services import artists
from audio.decoder.run import Limits
from audio.models import Casset, GrantSource, Track
from audio.services import access, cassets, files, ingest, tracks
from casset_site.lib import pictures
from studio.demo import artwork
from studio.demo import catalogue as demo
from studio.demo.catalogue import CATALOGUE, ArtistEntry, CassetEntry, TrackEntry
from studio.demo.press import Order, Pressing, press

Say = Callable[[str], None]


@dataclass
class Plant:
    """Where pressings are kept, and those that are being made, by order."""

    shelf: Path
    pressings: dict[Order, Future[Pressing]] = field(default_factory=dict)

    def pressing(self, artist: ArtistEntry, casset: CassetEntry, track: TrackEntry) -> Pressing:
        return self.pressings[order(artist, casset, track)].result()


def load(*, say: Say, catalogue: Sequence[ArtistEntry] = CATALOGUE) -> bool:
    """Load the demo and return whether there was anything to do."""
    if User.objects.filter(email=demo.LISTENER_EMAIL).exists():
        return False
    with _plant(catalogue) as plant:
        for entry in catalogue:
            started = time.monotonic()
            owner = _artist(entry, plant)
            for casset in entry.cassets:
                _casset(owner, entry, casset, plant)
            count = sum(len(casset.tracks) for casset in entry.cassets)
            seconds = time.monotonic() - started
            say(f"{entry.name}: {len(entry.cassets)} cassets, {count} tracks ({seconds:.1f} s)")
        _forget_others(plant)
    _user(demo.STAFF_EMAIL, demo.STAFF_HANDLE, demo.STAFF_NAME, staff=True)
    _listener()
    return True


def order(artist: ArtistEntry, casset: CassetEntry, track: TrackEntry) -> Order:
    return Order(
        track.style or casset.style,
        demo.seed_of(artist, casset, track),
        demo.seconds_of(artist, casset, track),
    )


def _forget_others(plant: Plant) -> None:
    """Drop what earlier versions of the code pressed, and what a crash left half made."""
    wanted = {pressing.result().folder for pressing in plant.pressings.values()}
    for folder in (*plant.shelf.glob("??/*"), *plant.shelf.glob("pressing-*")):
        if folder not in wanted:
            shutil.rmtree(folder)


@contextmanager
def _plant(catalogue: Sequence[ArtistEntry]) -> Iterator[Plant]:
    """A process per core at work on the whole catalogue, in the order in which it is wanted."""
    plant = Plant(Path(settings.DATA_DIR) / "demo-cache")
    plant.shelf.mkdir(parents=True, exist_ok=True)
    limits = Limits(max_seconds=settings.TRACK_MAX_S, required_walls=frozenset(settings.DECODER_WALLS))
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one process per core already
    pool = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
    try:
        for artist in catalogue:
            for casset in artist.cassets:
                for track in casset.tracks:
                    wanted = order(artist, casset, track)
                    plant.pressings[wanted] = pool.submit(press, wanted, plant.shelf, limits)
        yield plant
    finally:
        pool.shutdown(cancel_futures=True)


def _user(email: str, handle: str, name: str, *, staff: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        with transaction.atomic():
            user = User.objects.create_user(
                email=email,
                handle=handle,
                display_name=name,
                is_staff=staff,
                is_superuser=staff,
            )
            user.password = _password()
            user.save(update_fields=["password"])
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


@cache
def _password() -> str:
    """Hashed once for all demo accounts: hashing is slow on purpose."""
    return make_password(demo.PASSWORD)


def _artist(entry: ArtistEntry, plant: Plant) -> Artist:
    user = _user(entry.email, entry.handle, entry.name)
    present = Artist.objects.owned_by(user).first()
    return present or artists.open_page(
        user=user,
        picture=pictures.read(artwork.avatar(entry, plant.shelf), "avatar"),
        name=entry.name,
        handle=entry.handle,
        bio=entry.bio,
        location=entry.location,
        accent=entry.accent,
    )


def _casset(owner: Artist, artist: ArtistEntry, entry: CassetEntry, plant: Plant) -> None:
    casset = Casset.objects.filter(artist=owner, title=entry.title).first()
    if casset is None:
        casset = cassets.create(artist=owner, title=entry.title, notes=entry.notes, tags=entry.tags)
    if casset.is_published:
        return
    for number, track in enumerate(entry.tracks, 1):
        _track(casset, number, artist, track, plant.pressing(artist, entry, track))
    levels = plant.pressing(artist, entry, entry.tracks[0]).decoded.peaks
    cassets.set_cover(
        casset=casset, picture=cassets.store_cover(artwork.cover(artist, entry, levels, plant.shelf))
    )
    if entry.days_ago:
        date = timezone.now() - timedelta(days=entry.days_ago, hours=len(entry.title))
        Casset.objects.filter(pk=casset.pk).update(published_at=date)
        cassets.publish(casset=casset)


def _track(casset: Casset, number: int, artist: ArtistEntry, entry: TrackEntry, pressing: Pressing) -> None:
    """Add a track with its original and finish it as the worker would, with what the decoder made of it already."""
    filename = f"{number:02d} {entry.title}.flac"
    present = casset.tracks.filter(original_name=filename).first()
    if present is not None and present.is_ready:
        return
    if present is not None:
        tracks.remove(track=present)
    track = _added(casset, filename, pressing)
    tracks.edit(
        track=track,
        title=entry.title,
        lyrics=entry.lyrics,
        credit=artist.credit,
        isrc="",
        premium_only=entry.premium_only,
    )
    claim = ingest.claim_track(track.pk)
    if claim is not None:
        with pressing.rendition.open("rb") as mp3, pressing.spectrum.open("rb") as spectrum:
            ingest.finish(claim, pressing.decoded, mp3, spectrum)


def _added(casset: Casset, filename: str, pressing: Pressing) -> Track:
    key = f"{casset.pk}/{pressing.folder.name}"
    if not files.originals().exists(key):
        files.put_original(key, pressing.original)
        _share(pressing.original, key)
    with transaction.atomic(durable=True):
        track = tracks.add(casset=casset, filename=filename, size=pressing.original.stat().st_size)
        track.original_key, track.preview_start_ms = key, pressing.best_ms
        track.save(update_fields=["original_key", "preview_start_ms"])
    return track


def _share(kept: Path, key: str) -> None:
    """Let the cache and a local storage hold one copy of an original between them."""
    with suppress(NotImplementedError, OSError):
        link = kept.with_suffix(".link")
        os.link(files.originals().path(key), link)
        link.replace(kept)


def _listener() -> None:
    """The last account: it stands for a loaded demo, so it comes with its shelf in one go."""
    with transaction.atomic():
        listener = _user(demo.LISTENER_EMAIL, demo.LISTENER_HANDLE, demo.LISTENER_NAME)
        for handle, title in demo.LISTENER_SHELF:
            for casset in Casset.objects.published().filter(artist__handle=handle, title=title):
                access.grant(user=listener, casset=casset, source=GrantSource.GIFT)
