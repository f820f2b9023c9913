from django.apps import AppConfig


class CassetSiteConfig(AppConfig):
    name = "casset_site"

    def ready(self) -> None:
        from casset_site import checks  # noqa: F401, PLC0415  (registers the system checks)
