"""Sentences of the catalogue in the language of their reader, and which language that is."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from schemas.catalogue import CATALOGUE
from schemas.forms import forms, plain_label
from schemas.words import Formatter, Said

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class _Chinese(Formatter):
    """Writes values as people who read Chinese read them; keys of the form by their printed labels."""

    links: Mapping[str, str] = {"": "、", "+": " + ", ";": "；", "and": "，同时"}

    def quoted(self, text: str) -> str:
        return f"“{text}”"

    def label(self, key: str) -> str:
        labels = _labels()
        return " ".join(labels.get(part, part) for part in key.split(".")) if key.isascii() else key

    def counted(self, count: int, thing: str) -> str:
        return str(count)

    def said(self, value: Any) -> str:
        return translated(value, "zh") if isinstance(value, str) else str(value)


_CHINESE = _Chinese()


def translated(text: str, language: Language) -> str:
    """Return a sentence in a language. What is not of the catalogue (the words of a document) stays as it
    is.
    """
    if language == "en" or not isinstance(text, Said):
        return str(text)
    return _CHINESE.vformat(CATALOGUE[text.key][1], (), text.values)


def word(key: str, language: Language) -> str:
    """Return a word or phrase of the catalogue that has no placeholders."""
    return CATALOGUE[key][LANGUAGES.index(language)]


@cache
def _labels() -> Mapping[str, str]:
    """The printed label of every table, row and column key, as the newest form has it."""
    labels: dict[str, str] = {}
    for edition in sorted(forms(), reverse=True):
        for table in forms()[edition].tables.values():
            parts = [
                *((row.key, row.label) for row in table.rows),
                *((c.key, c.label) for c in table.columns),
            ]
            for key, label in [(table.key, table.short_title), *parts]:
                labels.setdefault(key, plain_label(label))
    return labels


def default_language() -> Language:
    """Return the language for people: OGI_LANG, else that of the locale; English where it is not Chinese."""
    wanted = os.environ.get("OGI_LANG", "").lower()
    if wanted[:2] in LANGUAGES:
        return "zh" if wanted.startswith("zh") else "en"
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not named and os.name == "nt":
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"
