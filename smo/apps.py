"""Django's entry for the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SmoConfig(AppConfig):
    name = "smo"
    verbose_name = _("SMO portal")
