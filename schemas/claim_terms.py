"""The words in which prose states figures, read from claims.toml and checked: subjects, measures, applicants,
channels and small words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from schemas.forms import FormError, forms

CLAIMS_FILE = Path(__file__).with_name("claims.toml")
KINDS = ("verb", "part", "carry")

# A key with its sign: the terms of a sum over rows or columns of a table.
Sum = tuple[tuple[int, str], ...]


class ClaimTermsError(FormError):
    """The file of words contradicts itself or the forms: where, and what to change."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What sentences speak of.

    `table` with `rows`: its figures stand in these rows, added up; measures name the columns. `table` without
    rows: measures name the rows, applicants the columns. `quantity`: a name for what no table holds. None of
    these: figures next to it are none of ours. `needs` is the measure without which it states nothing.
    `qualifier`: not spoken of itself, but what stands behind it is then no matter of information disclosure.
    """

    key: str
    table: str | None
    rows: tuple[str, ...]
    quantity: str | None
    counters: frozenset[str]
    needs: str | None
    qualifier: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure counts of a subject.

    `readings` are all that its words may mean, the likeliest first. `within` is the key of the measure of the
    group that a single row belongs to. A figure that differs from a `weak` one contradicts nothing. `loose`
    words say it only right before their figure, among other outcomes.
    """

    key: str
    kind: str
    readings: tuple[Sum, ...]
    within: str | None
    weak: bool
    loose: bool


@dataclass(slots=True)
class Meaning:
    """All that one word may say; which of it depends on the subject of its sentence."""

    subject: Subject | None = None
    measures: dict[str, Measure] = field(default_factory=dict)  # by the key of the subject
    columns: tuple[str, ...] = ()  # of an applicant
    channel: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Every subject by its key, and every word that the file knows, written out, with what it may say."""

    subjects: Mapping[str, Subject]
    words: Mapping[str, Meaning]


_PART = re.compile(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)|([^\[\]()]+)")


def expanded(word: str) -> list[str]:
    """All that a word with [optional] and (alternative|parts) may be, written out."""
    parts = []
    for optional, alternatives, literal in _PART.findall(word):
        parts.append(["", *optional.split("|")] if optional else (alternatives or literal).split("|"))
    return ["".join(choice) for choice in product(*parts)]


def trie_pattern(words: Iterable[str]) -> str:
    """A regular expression for the longest of some words at a place, which looks at every character once."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}

    def write(node: dict[str, Any]) -> str:
        branches = [re.escape(char) + write(node[char]) for char in sorted(node) if char]
        if not branches:
            return ""
        body = branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})"
        return body + "?" * ("" in node)

    return write(tree)


def _fail(place: str, problem: str) -> None:
    raise ClaimTermsError(f"{CLAIMS_FILE.name}, {place}: {problem}")


def _take(raw: Mapping[str, Any], place: str, optional: set[str]) -> None:
    if missing := {"key", "source"} - set(raw):
        _fail(place, f"lacks {', '.join(sorted(missing))}")
    if unknown := set(raw) - {"key", "source", "words"} - optional:
        _fail(place, f"has unknown keys {', '.join(sorted(unknown))}")
    for word in raw.get("words", ()):
        if not word or re.search(r"\s", word):
            _fail(place, f"word {word!r} is empty or holds a space")
        if "".join(match.group() for match in _PART.finditer(word)) != word:
            _fail(place, f"word {word!r} has brackets that do not match, or stand within others")


def _vocabulary(table: str, part: str) -> set[str]:
    tables = [form.tables[table] for form in forms().values() if table in form.tables]
    return {item.key for one in tables for item in getattr(one, part)}


def _members(name: str, groups: Mapping[str, list[str]], place: str) -> list[str]:
    if not name.startswith("@"):
        return [name]
    if name[1:] not in groups:
        _fail(place, f"names the group {name}, which is not there")
    return groups[name[1:]]


def _sum(text: str, groups: Mapping[str, list[str]], known: set[str], place: str) -> Sum:
    """The terms of "a + @group - b", each of them a known key."""
    terms: list[tuple[int, str]] = []
    for sign, name in re.findall(r"([+-]?)\s*(@?\w+)", text):
        terms += [(-1 if sign == "-" else 1, key) for key in _members(name, groups, place)]
    if unknown := sorted({key for _, key in terms} - known):
        _fail(place, f"reading {text!r} names {', '.join(unknown)}, which no form has")
    return tuple(terms)


def _subject(raw: Mapping[str, Any]) -> Subject:
    place = f"subject {raw.get('key', '?')}"
    _take(raw, place, {"table", "rows", "quantity", "counters", "needs", "qualifier"})
    table, rows = raw.get("table"), tuple(raw.get("rows", ()))
    if table is not None and table not in {key for form in forms().values() for key in form.tables}:
        _fail(place, f"names the table {table}, which no form has")
    if unknown := set(rows) - (_vocabulary(table, "rows") if table else set()):
        _fail(place, f"names the rows {', '.join(sorted(unknown))}, which no form has")
    if table is not None and raw.get("quantity") is not None:
        _fail(place, "has a table and a quantity that no table holds")
    counters = frozenset(raw.get("counters", ()))
    return Subject(
        raw["key"], table, rows, raw.get("quantity"), counters, raw.get("needs"), raw.get("qualifier", False)
    )


def _measure(
    raw: Mapping[str, Any], subjects: Mapping[str, Subject], groups: Mapping[str, list[str]]
) -> Measure:
    place = f"measure {raw.get('key', '?')}"
    _take(raw, place, {"subjects", "kind", "readings", "within", "weak", "loose"})
    if raw.get("kind") not in KINDS:
        _fail(place, f"kind {raw.get('kind')!r} is none of {', '.join(KINDS)}")
    known: set[str] = set()
    for key in raw["subjects"]:
        if key not in subjects:
            _fail(place, f"speaks of {key}, which is no subject")
        if (table := subjects[key].table) is not None:
            known |= _vocabulary(table, "columns" if subjects[key].rows else "rows")
    readings = tuple(_sum(reading, groups, known, place) for reading in raw["readings"])
    return Measure(
        raw["key"], raw["kind"], readings, raw.get("within"), raw.get("weak", False), raw.get("loose", False)
    )


def _mark(meaning: Meaning, name: str, value: object, place: str) -> None:
    if getattr(meaning, name):
        _fail(place, f"word already stands for another {name}")
    setattr(meaning, name, value)


def load_terms(path: Path = CLAIMS_FILE) -> Terms:
    """Read the words. Raises ClaimTermsError, with the entry, where they contradict each other or the
    forms.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClaimTermsError(f"{path.name}: is no TOML: {error}") from error
    groups: dict[str, list[str]] = raw["groups"]
    subjects = {subject.key: subject for subject in map(_subject, raw["subjects"])}
    words: dict[str, Meaning] = {}
    for entry in raw["subjects"]:
        for word in _words(entry):
            meaning = words.setdefault(word, Meaning())
            _mark(meaning, "subject", subjects[entry["key"]], f"subject {entry['key']}, {word}")
    for entry in raw["measures"]:
        measure = _measure(entry, subjects, groups)
        for word in _words(entry):
            meaning = words.setdefault(word, Meaning())
            for subject in entry["subjects"]:
                if subject in meaning.measures:
                    _fail(f"measure {measure.key}", f"a word of it already measures {subject}")
                meaning.measures[subject] = measure
    _add_columns(raw, words, groups)
    return Terms(subjects, words)


def _words(entry: Mapping[str, Any]) -> Iterator[str]:
    return (word for written in entry["words"] for word in expanded(written))


def _add_columns(raw: Mapping[str, Any], words: dict[str, Meaning], groups: Mapping[str, list[str]]) -> None:
    """Enter applicants, channels and small words."""
    known = _vocabulary("applications", "columns")
    for entry in raw["applicants"]:
        place = f"applicant {entry.get('key', '?')}"
        _take(entry, place, {"columns"})
        columns = tuple(key for name in entry["columns"] for key in _members(name, groups, place))
        if unknown := set(columns) - known:
            _fail(place, f"names the columns {', '.join(sorted(unknown))}, which no form has")
        for word in _words(entry):
            _mark(words.setdefault(word, Meaning()), "columns", columns, f"{place}, {word}")
    for entry in raw["channels"]:
        _take(entry, f"channel {entry.get('key', '?')}", set())
        for word in _words(entry):
            _mark(
                words.setdefault(word, Meaning()), "channel", entry["key"], f"channel {entry['key']}, {word}"
            )
    for mark, listed in raw["marks"].items():
        for word in _words({"words": listed}):
            _mark(words.setdefault(word, Meaning()), "mark", mark, f"mark {mark}, {word}")


@cache
def claim_terms() -> Terms:
    """The words that the project knows."""
    return load_terms()
