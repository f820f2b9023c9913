from django.apps import AppConfig


class AudioConfig(AppConfig):
    name = "audio"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out  # noqa: PLC0415  (the registry must be ready)

        from audio import middleware  # noqa: PLC0415

        # Signing out makes the device a new listener: addresses made for the old one stop working on it.
        user_logged_out.connect(middleware.forget_on_logout, dispatch_uid="audio.listener")
