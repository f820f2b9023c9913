"""The application that a server runs: audio first, then Django."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casset_site.settings.production")
django_application = get_asgi_application()

from audio.asgi import AudioRouter  # noqa: E402  (needs the app registry)

application = AudioRouter(django_application)
