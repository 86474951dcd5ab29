"""Sentences for people: made in English from the catalogue, with their key and values kept, so that
`schemas/translation.py` can say them in Chinese.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from schemas.catalogue import CATALOGUE


class Said(str):
    """A sentence in English that knows its key and its values.

    It is stored, compared and printed as the English sentence.
    """

    key: str
    values: Mapping[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        return _said, (self.key, dict(self.values))


class Formatter(string.Formatter):
    """Writes values as people who read English read them; a subclass does for another language.

    Formats: `r` puts what a document prints in quotation marks; `label` is for a key of the form; a word
    after a count is what is counted; of a list `+`, `;` and `and` say what stands between its values.
    """

    links: Mapping[str, str] = {"": ", ", "+": " + ", ";": "; ", "and": ", and "}

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[field_name], field_name  # no attributes, no indexes: a name is all that a field is

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, (list, tuple)):
            return self.links[format_spec].join(self.format_field(one, "") for one in value)
        if format_spec == "r":
            return self.quoted(str(value))
        if format_spec == "label":
            return self.label(str(value))
        if format_spec == ",":
            return f"{value:,}"
        if format_spec:
            return self.counted(value, format_spec)
        return f"{value:g}" if isinstance(value, float) else self.said(value)

    def quoted(self, text: str) -> str:
        return repr(text)

    def label(self, key: str) -> str:
        return key

    def counted(self, count: int, thing: str) -> str:
        return f"{count} {thing}{'s' * (count != 1)}"

    def said(self, value: Any) -> str:
        return str(value)


_ENGLISH = Formatter()
_PLAIN = frozenset({str, int, Said})  # what str.format writes as people read it


def say(key: str, **values: Any) -> Said:
    """Return the sentence of the catalogue with this key, its placeholders filled in.

    A value may be a sentence itself. KeyError for a key or a placeholder that the catalogue does not have.
    """
    return _said(key, values)


def _said(key: str, values: Mapping[str, Any]) -> Said:
    template, is_plain = _template(key)
    if is_plain and _PLAIN.issuperset(map(type, values.values())):
        said = Said(template.format_map(values))  # several times as fast as a formatter in Python
    else:
        said = Said(_ENGLISH.vformat(template, (), values))
    said.key, said.values = key, values
    return said


@cache
def _template(key: str) -> tuple[str, bool]:
    """The English template of a key, and whether str.format does with it what `Formatter` would."""
    template = CATALOGUE[key][0].replace(":label}", "}")
    return template, re.search(r":\S+\}", template) is None
