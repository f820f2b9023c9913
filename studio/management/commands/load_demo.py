"""`python manage.py load_demo`: fill the site with demo artists and music. Loading it again changes nothing."""

import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.demo import catalogue, load

ACCOUNTS = f"""Demo accounts, all with the password {catalogue.PASSWORD}:
  {catalogue.LISTENER_EMAIL}  a listener who holds two cassets
  {catalogue.CATALOGUE[0].handle}@example.com  an artist (the others: their handle @example.com)
  {catalogue.STAFF_EMAIL}  staff, at /admin/
"""


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Load demo artists, cassets and music; the first time, the music is composed here."

    def handle(self, *args: object, **options: object) -> None:
        started = time.monotonic()
        if load.load(say=self._say):
            self._say(f"The demo is loaded ({time.monotonic() - started:.0f} s).")
        else:
            self._say("The demo is loaded already.")
        (Path(settings.DATA_DIR) / "demo-accounts.txt").write_text(ACCOUNTS, encoding="utf-8")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
