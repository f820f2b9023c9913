"""What the environment makes of the settings, in processes of their own."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from casset_site.settings import base

FULL = {
    "DATABASE_URL": "postgresql://casset:word@db.example:5433/casset",
    "REDIS_URL": "redis://redis.example:6379/0",
    "SECRET_KEY": "a-key-of-production-that-is-long-enough-for-the-check-0123456789",
    "ALLOWED_HOSTS": "casset.example,.casset.fm",
    "EMAIL_HOST": "mail.example",
    "S3_BUCKET": "casset",
    "S3_REGION": "eu-central-1",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
    "MEDIA_URL": "https://media.casset.example/media/",
    "TRUSTED_PROXIES": "1",
    "METRICS_TOKEN": "token",
}
SHOW = "import json, casset_site.settings.production as s; print(json.dumps({k: getattr(s, k) for k in %r}))"


def python(*command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    folder = {"CASSET_DATA_DIR": os.environ["CASSET_DATA_DIR"]}
    return subprocess.run(
        [sys.executable, *command],
        env={**kept, **folder, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def shown(*names: str, **variables: str) -> dict[str, Any]:
    done = python("-c", SHOW % (names,), **{**FULL, **variables})
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without(name: str) -> None:
    done = python(
        "-c", "import casset_site.settings.production", **{k: v for k, v in FULL.items() if k != name}
    )
    assert done.returncode != 0
    assert f"Set the environment variable {name}" in done.stderr
    assert FULL["S3_SECRET_KEY"] not in done.stderr


def test_production_with_a_full_environment_has_no_warning() -> None:
    done = python(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        **FULL,
        DJANGO_SETTINGS_MODULE="casset_site.settings.production",
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "WARNING" not in done.stdout + done.stderr


def test_a_mail_server_that_was_forgotten_is_named() -> None:
    full = {k: v for k, v in FULL.items() if k != "EMAIL_HOST"}
    done = python(
        "manage.py", "check", "--deploy", **full, DJANGO_SETTINGS_MODULE="casset_site.settings.production"
    )
    assert "casset.W001" in done.stdout + done.stderr


def test_production_is_closed() -> None:
    values = shown(
        "DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "ACCOUNT_EMAIL_VERIFICATION",
        "TRUSTED_PROXIES", "LOGGING",
    )  # fmt: skip
    assert values["DEBUG"] is False
    assert values["SESSION_COOKIE_SECURE"] and values["CSRF_COOKIE_SECURE"] and values["SECURE_SSL_REDIRECT"]
    assert values["SECURE_HSTS_SECONDS"] >= 31536000
    assert values["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert values["ALLOWED_HOSTS"] == ["casset.example", ".casset.fm"]
    assert values["CSRF_TRUSTED_ORIGINS"][0] == "https://casset.example"
    assert values["ACCOUNT_EMAIL_VERIFICATION"] == "mandatory"
    assert values["TRUSTED_PROXIES"] == 1
    assert values["LOGGING"]["json"] is True


def test_production_stands_behind_one_front_server() -> None:
    names = ("TRUSTED_PROXIES", "ALLAUTH_TRUSTED_PROXY_COUNT")
    assert shown(*names, TRUSTED_PROXIES="3") == dict.fromkeys(names, 3)
    without = {name: value for name, value in FULL.items() if name != "TRUSTED_PROXIES"}
    done = python("-c", SHOW % (names,), **without)
    assert json.loads(done.stdout) == dict.fromkeys(names, 1)


def test_a_bucket_holds_every_kind_of_file_under_its_own_prefix() -> None:
    storages = shown("STORAGES")["STORAGES"]
    prefixes = {"default": "media", "originals": "originals", "renditions": "renditions"}
    for alias, prefix in prefixes.items():
        options = storages[alias]["OPTIONS"]
        assert storages[alias]["BACKEND"] == "storages.backends.s3.S3Storage"
        assert (options["bucket_name"], options["location"]) == ("casset", prefix)
        assert (options["region_name"], options["access_key"], options["secret_key"]) == (
            "eu-central-1",
            "key",
            "secret",
        )
        assert options["querystring_auth"] is (alias != "default")
        assert options["default_acl"] is None
    assert "immutable" in storages["default"]["OPTIONS"]["object_parameters"]["CacheControl"]


def test_without_a_bucket_files_lie_below_the_data_folder() -> None:
    storages = shown("STORAGES", S3_BUCKET="")["STORAGES"]
    for alias in ("default", "originals", "renditions"):
        assert storages[alias]["BACKEND"] == "casset_site.lib.storage.AtomicFileSystemStorage"
    assert (
        storages["originals"]["OPTIONS"]["base_url"] is storages["renditions"]["OPTIONS"]["base_url"] is None
    )
    locations = {storages[alias]["OPTIONS"]["location"] for alias in ("default", "originals", "renditions")}
    assert len(locations) == 3


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40ss@h.example:5433/name", ("u", "p@ss", "h.example", 5433, "name")),
        ("postgresql://u@/name?host=/run/pg&port=5", ("u", "", "/run/pg", "5", "name")),
        ("postgresql:///name", ("", "", "", "", "name")),
        ("postgresql://u@h.example", ("u", "", "h.example", "", "casset")),
    ],
)
def test_a_database_address_is_taken_apart(url: str, expected: tuple[object, ...]) -> None:
    parts = base.database(url)
    assert tuple(parts[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == expected
    assert "host" not in parts["OPTIONS"]


def test_options_of_the_database_address_are_passed_on() -> None:
    options = base.database("postgresql://u@h.example/n?sslmode=require")["OPTIONS"]
    assert options["sslmode"] == "require"


@pytest.mark.parametrize(
    ("name", "value"), [("TRUSTED_PROXIES", "-1"), ("DATABASE_POOL", "0"), ("PURCHASE_GATING", "perhaps")]
)
def test_nonsense_in_a_variable_stops_the_start(name: str, value: str) -> None:
    done = python("-c", "import casset_site.settings.production", **{**FULL, name: value})
    assert done.returncode != 0
    assert f"{name} must be" in done.stderr


COVER = """
import django; django.setup()
from django.core.files.storage import default_storage, storages
print(default_storage.url("covers/a.webp"), storages["renditions"].url("ab/c.mp3"))
"""


def addresses(**variables: str) -> list[str]:
    """Of a cover and of a rendition, as production makes them."""
    production = {"DJANGO_SETTINGS_MODULE": "casset_site.settings.production"}
    done = python("-c", COVER, **{**FULL, **variables, **production})
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_covers_in_a_bucket_come_from_the_host_that_the_policy_allows() -> None:
    cover, _ = addresses()
    assert cover.startswith(FULL["MEDIA_URL"])


def test_addresses_in_a_bucket_are_signed_as_every_bucket_understands() -> None:
    _, rendition = addresses(S3_REGION="us-east-1")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in rendition


KEY = "from casset_site.settings.local import SECRET_KEY; print(SECRET_KEY)"


def local_key(folder: Path) -> str:
    """As one more process that starts on this data folder gets it."""
    servers = {name: FULL[name] for name in ("DATABASE_URL", "REDIS_URL")}
    done = python("-c", KEY, **servers, CASSET_DATA_DIR=str(folder))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_local_key_outlives_a_restart_and_is_read_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first = local_key(folder)
    assert len(first) > 50
    assert local_key(folder) == first
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_file_that_a_killed_start_left_empty_gets_its_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(mode=0o600)
    key = local_key(tmp_path)
    assert len(key) > 50
    assert local_key(tmp_path) == key


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(local_key, [tmp_path] * 4))
    assert len(keys) == 1
    assert keys == {local_key(tmp_path)}


FORKING = """
import os, sys
from casset_site.settings import test
test.TEST_FILES.joinpath("file").touch()
if (child := os.fork()) == 0:
    sys.exit(0)  # as a child that ends like a program, not like a fork
os.waitpid(child, 0)
print(test.TEST_FILES, test.TEST_FILES.exists())
"""


def test_a_test_process_takes_its_files_along_and_its_forks_leave_them() -> None:
    servers = {name: FULL[name] for name in ("DATABASE_URL", "REDIS_URL")}
    done = python("-c", FORKING, **servers)
    assert done.returncode == 0, done.stderr
    folder, while_running = done.stdout.split()
    assert while_running == "True"
    assert not Path(folder).exists()
