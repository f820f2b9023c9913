from django.apps import AppConfig


class CassetSiteConfig(AppConfig):
    name = "casset_site"

    def ready(self) -> None:
        # Registers the system checks, and makes ours the Celery application of this process.
        from casset_site import celery, checks  # noqa: F401, PLC0415
