"""Django's entry for the app; fills the registries once every model is there."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        autodiscover_modules("policies", "exchange", "contributions")
