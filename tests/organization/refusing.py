"""One way to prove a refusal: the sentence, and that no row of this app and no event is other than before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction

from audit.models import Change, Event
from core.actions import Refusal


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the app and of the log."""
    models = [*apps.get_app_config("organization").get_models(include_auto_created=True), Event, Change]
    return {model.__name__: sorted(model._base_manager.values_list("pk", *_names(model)), key=str) for model in models}


def _names(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


@contextmanager
def refused(sentence: str, *, by: type[Exception] = Refusal, field: str | None = None) -> Iterator[None]:
    """The block is refused with exactly these words, or with words that hold them between … and …, and changes nothing."""
    before, mails = everything(), len(getattr(mail, "outbox", []))
    pattern = f"^{re.escape(sentence).replace('…', '.*')}$"
    with pytest.raises(by, match=re.compile(pattern, re.DOTALL)) as caught, transaction.atomic():
        yield
    if field is not None:
        assert getattr(caught.value, "field", None) == field
    assert (everything(), len(getattr(mail, "outbox", []))) == (before, mails)
