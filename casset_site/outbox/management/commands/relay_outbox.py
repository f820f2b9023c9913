"""`manage.py relay_outbox`: hands ordered jobs to the broker, woken by PostgreSQL the moment one is committed."""

import logging
import signal
import time
from typing import Any

import psycopg
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection

from casset_site.outbox import services

log = logging.getLogger(__name__)
POLL_S = 5.0


class Command(BaseCommand):
    help = "Hand background jobs from the database to the broker until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        while True:
            try:
                self.listen()
            except (OperationalError, psycopg.OperationalError) as error:
                log.warning("The database is away (%s); trying again.", type(error).__name__)
                connection.close()
                time.sleep(1)
            except KeyboardInterrupt:
                return

    def listen(self) -> None:
        params = connection.get_connection_params()
        params.pop("cursor_factory", None)
        params.pop("context", None)
        with psycopg.connect(**params, autocommit=True) as listener:
            listener.execute(f"LISTEN {services.CHANNEL}")
            while True:
                while services.relay():
                    pass
                for _ in listener.notifies(timeout=POLL_S, stop_after=1):
                    pass


def _stop(_signum: int, _frame: object) -> None:
    raise KeyboardInterrupt
