"""The application that a server runs: audio first, then Django, which gets no body that is too large."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casset_site.settings.production")
django_application = get_asgi_application()

# WhiteNoise hands files over as plain iterators; they are small, and a front server has them in production.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

from audio.asgi import AudioRouter  # noqa: E402  (needs the app registry)
from casset_site.bodies import BodyLimit  # noqa: E402

application = AudioRouter(BodyLimit(django_application))
