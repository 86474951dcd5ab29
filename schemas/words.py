"""Sentences for people, in English and in Chinese, from one catalogue (`schemas/catalogue.py`)."""

from __future__ import annotations

import locale
import os
import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

from schemas.catalogue import CATALOGUE

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
# What stands between the values of a list, by its format.
_LINKS = {
    "": {"en": ", ", "zh": "、"},
    "+": {"en": " + ", "zh": " + "},
    ";": {"en": "; ", "zh": "；"},
    "and": {"en": ", and ", "zh": "，同时"},
}


class Said(str):
    """A sentence in English that knows its key and its values, so that `translated` can say it in Chinese.

    It is stored, compared and printed as the English sentence.
    """

    key: str
    values: Mapping[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        return _said, (self.key, dict(self.values))


class _Formatter(string.Formatter):
    """Formats values as people read them: numbers without a trailing .0, lists with the language's comma."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[field_name], field_name  # no attributes, no indexes: a name is all that a field is

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "r":  # what a document prints, in quotation marks
            return f"“{value}”" if self.language == "zh" else repr(str(value))
        if isinstance(value, float):
            return f"{value:g}"
        if format_spec.isalpha() and isinstance(value, int):  # a count of things: 1 figure, 2 figures
            return f"{value} {format_spec}{'s' * (value != 1)}"
        if format_spec == "label":
            return _label(str(value))
        if isinstance(value, (list, tuple)):
            return _LINKS[format_spec][self.language].join(self.format_field(one, "") for one in value)
        if isinstance(value, str):
            return translated(value, self.language)
        return format(value, format_spec)


_FORMATTERS = {language: _Formatter(language) for language in LANGUAGES}


_PLAIN = frozenset({str, int, Said})  # what str.format writes as people read it


def say(key: str, **values: Any) -> Said:
    """Return the sentence of the catalogue with this key, its placeholders filled in.

    A value may be a sentence itself. KeyError for a key or a placeholder that the catalogue does not have.
    """
    return _said(key, values)


def _said(key: str, values: Mapping[str, Any]) -> Said:
    template, is_plain = _english(key)
    if is_plain and _PLAIN.issuperset(map(type, values.values())):
        said = Said(template.format_map(values))  # several times as fast as a formatter in Python
    else:
        said = Said(_FORMATTERS["en"].vformat(template, (), values))
    said.key, said.values = key, values
    return said


@cache
def _english(key: str) -> tuple[str, bool]:
    """The English template of a key, and whether str.format does with it what `_Formatter` would."""
    template = CATALOGUE[key][0].replace(":label}", "}")
    return template, re.search(r":\S+\}", template) is None


def translated(text: str, language: Language) -> str:
    """Return a sentence in a language. What is not of the catalogue (the words of a document) stays as it
    is.
    """
    if language == "en" or not isinstance(text, Said):
        return str(text)
    return _FORMATTERS[language].vformat(CATALOGUE[text.key][1], (), text.values)


def word(key: str, language: Language) -> str:
    """Return a word or phrase of the catalogue that has no placeholders."""
    return CATALOGUE[key][LANGUAGES.index(language)]


@cache
def _labels() -> Mapping[str, str]:
    """The printed label of every table, row and column key, as the newest form has it."""
    from schemas.forms import forms  # the forms speak of nothing here

    labels: dict[str, str] = {}
    for edition in sorted(forms(), reverse=True):
        for table in forms()[edition].tables.values():
            parts = [
                *((row.key, row.label) for row in table.rows),
                *((c.key, c.label) for c in table.columns),
            ]
            for key, label in [(table.key, table.short_title), *parts]:
                labels.setdefault(key, label.split("（区分")[0].split("（单位")[0])
    return labels


def _label(key: str) -> str:
    """The labels of a key, or of keys joined by points (row.column); what is no key stays."""
    labels = _labels()
    return " ".join(labels.get(part, part) for part in key.split(".")) if key.isascii() else key


def default_language() -> Language:
    """Return the language for people: OGI_LANG, else that of the locale; English where it is not Chinese."""
    wanted = os.environ.get("OGI_LANG", "").lower()
    if wanted[:2] in LANGUAGES:
        return "zh" if wanted.startswith("zh") else "en"
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not named and os.name == "nt":
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"
