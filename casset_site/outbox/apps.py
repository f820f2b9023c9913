from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "casset_site.outbox"
    label = "outbox"
