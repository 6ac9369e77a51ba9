"""Django's entry for the app; fills the registries once every model is there."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        autodiscover_modules("policies", "contributions")
        _discover_formats()


def _discover_formats() -> None:
    """Import every module of every app's `exchange` package, where kinds of import are declared."""
    for config in apps.get_app_configs():
        found = find_spec(f"{config.name}.exchange")
        for place in found.submodule_search_locations or () if found else ():
            for module in iter_modules([place]):
                import_module(f"{config.name}.exchange.{module.name}")
