from django.urls import include, path

from studio.views import cassets, dashboard, tracks, uploads

app_name = "studio"

casset = [
    path("", cassets.edit, name="casset-edit"),
    path("publish/", cassets.publish, name="casset-publish"),
    path("unpublish/", cassets.unpublish, name="casset-unpublish"),
    path("delete/", cassets.delete, name="casset-delete"),
    path("tracks/", tracks.board, name="track-list"),
    path("import/", tracks.fetch, name="track-import"),
]
track = [
    path("", tracks.edit, name="track-edit"),
    path("preview/", tracks.preview, name="track-preview"),
    path("delete/", tracks.delete, name="track-delete"),
    path("move/", tracks.move, name="track-move"),
]
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("cassets/new/", cassets.create, name="casset-create"),
    path("cassets/<int:pk>/", include(casset)),
    path("tracks/<int:pk>/", include(track)),
    path("uploads/", uploads.create, name="upload-create"),
    path("uploads/<uuid:pk>/", uploads.upload, name="upload"),
]
