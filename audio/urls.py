from django.urls import include, path, register_converter

from audio import views


class HandleConverter:
    """A handle as artists choose it (see accounts.models.HANDLE_RULE); capital letters are folded by the view."""

    regex = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,28}[A-Za-z0-9])?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(HandleConverter, "handle")
app_name = "audio"

pages = [
    path("", views.artist, name="artist"),
    path("<slug:slug>/", views.casset, name="casset"),
    path("<slug:slug>/<slug:track_slug>/", views.track, name="track"),
]
listen = [
    path("tracks/<int:pk>/", views.listen_track, name="listen-track"),
    path("cassets/<int:pk>/", views.listen_casset, name="listen-casset"),
    path("plays/", views.play_record, name="play-record"),
]
urlpatterns = [
    path("browse/", views.browse, name="browse"),
    path("listen/", include(listen)),
    path("@<handle:handle>/", include(pages)),
]
