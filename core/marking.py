"""Sentences of modules that know no Django, marked for translators.

The rules say what is wrong as a template with figures. The mark stands where the template stands, `makemessages` finds
it by its name, and whoever shows the sentence translates the template and then fills it in (`in_words`).
"""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """The same text; named as Django's own mark, which rules cannot import."""
    return text
