"""Jobs of the site itself."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from casset_site.celery import app
from casset_site.tasks import clear_sessions


def test_the_schedule_clears_ended_sessions_once_a_day() -> None:
    (row,) = (row for row in app.conf.beat_schedule.values() if row["task"] == clear_sessions.name)
    assert timedelta(seconds=row["schedule"]) == timedelta(days=1)


@pytest.mark.django_db
def test_ended_sessions_go_and_the_others_stay() -> None:
    now = timezone.now()
    for key, hours in (("old", -1), ("young", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=hours))
    clear_sessions()
    clear_sessions()
    assert [row.session_key for row in Session.objects.all()] == ["young"]
