"""Fixtures that every test may use: the fixed cast, and a clean cache."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Artist, User
from tests import make


@pytest.fixture(autouse=True)
def clean_cache(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        cache.clear()


@pytest.fixture
def ana(db: None) -> Artist:
    """Ana the artist."""
    return make.artist("ana", name="Ana Luz")


@pytest.fixture
def finn(db: None) -> User:
    """Finn the fan."""
    return make.user("finn")


@pytest.fixture
def max_(db: None) -> Artist:
    """Max, another artist: a stranger to Ana's things."""
    return make.artist("max", name="Max")


@pytest.fixture
def sol(db: None) -> User:
    """Sol of the staff."""
    return make.user("sol", is_staff=True, is_superuser=True)


@pytest.fixture
def visitor() -> Client:
    return Client()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_ana(ana: Artist) -> Client:
    return signed_in(ana.user)


@pytest.fixture
def as_finn(finn: User) -> Client:
    return signed_in(finn)


@pytest.fixture
def as_max(max_: Artist) -> Client:
    return signed_in(max_.user)


@pytest.fixture
def as_sol(sol: User) -> Client:
    return signed_in(sol)
