"""Sets of figures: consistent ones of either edition, slips that break them, blanks and dashes, and what a
right reader makes of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise
from random import Random
from typing import Literal

from schemas.forms import TABLE_KEYS, Equation, Table, forms

Key = tuple[str, str, str]  # (table, row, column)
# A number, or a string that is printed verbatim: "" (blank), "-", "/", "无", "+1036", "251000元".
Value = int | float | str
Figures = dict[Key, Value]
Scale = Literal["zero", "few", "bureau", "city"]
SCALES: tuple[Scale, ...] = ("zero", "few", "bureau", "city")
ZERO_MARKS = ("-", "/", "—", "－", "无")
APPLICANTS = ("natural_person", "business", "research", "social_welfare", "legal_service", "other_org")
OUTCOMES = ("upheld", "corrected", "other", "pending")

# Rows that take most applications in life, so that made-up reports look like real ones.
_USUAL = (
    "granted",
    "granted_in_part",
    "unavailable_not_held",
    "refused_admin_query",
    "unprocessed_petition",
    "other_other",
    "other",
)
_CEILING = {"zero": 0, "few": 3, "bureau": 60, "city": 1500}


def table_of(edition: str, table: str) -> Table:
    """The form's table of that edition."""
    return forms()[edition].tables[table]


def result_rows(edition: str) -> tuple[str, ...]:
    """The rows of `applications` that add up to total_handled."""
    return tuple(row.key for row in table_of(edition, "applications").rows if row.group == "results")


def complete_applications(edition: str, leaves: Mapping[tuple[str, str], int]) -> Figures:
    """All cells of `applications` from its leaves: the result rows, carried_in and carried_out, for each kind
    of applicant.

    carried_in is cut where it exceeds what was handled or carried out; received takes the rest, so that every
    identity holds.
    """
    rows = result_rows(edition)
    cells: dict[tuple[str, str], int] = {}
    for column in APPLICANTS:
        for row in rows:
            cells[row, column] = leaves.get((row, column), 0)
        handled = sum(cells[row, column] for row in rows)
        carried_out = leaves.get(("carried_out", column), 0)
        carried_in = min(leaves.get(("carried_in", column), 0), handled + carried_out)
        cells["total_handled", column], cells["carried_out", column] = handled, carried_out
        cells["carried_in", column], cells["received", column] = (
            carried_in,
            handled + carried_out - carried_in,
        )
    for row in ("received", "carried_in", *rows, "total_handled", "carried_out"):
        cells[row, "total"] = sum(cells[row, column] for column in APPLICANTS)
    order = table_of(edition, "applications").cells
    return {("applications", row, column): cells[row, column] for row, column in order}


def complete_review(leaves: Mapping[tuple[str, str], int]) -> Figures:
    """All cells of `review_litigation` from the four outcomes of its three blocks."""
    figures: Figures = {}
    for row in ("review", "litigation_direct", "litigation_after_review"):
        outcomes = [leaves.get((row, column), 0) for column in OUTCOMES]
        figures |= {
            ("review_litigation", row, column): value
            for column, value in zip(OUTCOMES, outcomes, strict=True)
        }
        figures["review_litigation", row, "total"] = sum(outcomes)
    return figures


def _draw(rng: Random, ceiling: int) -> int:
    """A count that is mostly small and now and then large, as counts are."""
    return int(ceiling * rng.random() ** 3) if ceiling else 0


def _applications(rng: Random, edition: str, scale: Scale) -> Figures:
    ceiling = _CEILING[scale]
    leaves: dict[tuple[str, str], int] = {}
    for row in (*result_rows(edition), "carried_in", "carried_out"):
        for column in APPLICANTS:
            share = (0.8 if row in _USUAL else 0.3) * (1.0 if column == "natural_person" else 0.25)
            if rng.random() < share:
                leaves[row, column] = _draw(
                    rng, ceiling if column == "natural_person" else max(1, ceiling // 12)
                ) + (scale != "zero")
    return complete_applications(edition, leaves)


def _review(rng: Random, scale: Scale) -> Figures:
    ceiling = _CEILING[scale] // 8
    chance = {"zero": 0.0, "few": 0.15, "bureau": 0.5, "city": 0.9}[scale]
    rows = ("review", "litigation_direct", "litigation_after_review")
    return complete_review(
        {
            (row, column): _draw(rng, ceiling) + 1
            for row in rows
            for column in OUTCOMES
            if rng.random() < chance
        }
    )


def _disclosure_value(rng: Random, row: str, column: str, scale: Scale) -> Value:
    small = {"zero": 0, "few": 4, "bureau": 30, "city": 400}[scale]
    large = {"zero": 0, "few": 90, "bureau": 9000, "city": 5_000_000}[scale]
    if column == "change":
        change = rng.choice([0, 0, _draw(rng, small * 4), -_draw(rng, small)])
        # Some print the sign of an increase, some do not.
        return f"+{change}" if change > 0 and rng.random() < 0.6 else change
    if column == "amount_10k_yuan":
        return rng.choice([0, round(large / 50 * rng.random(), rng.choice([1, 2]))]) if scale != "zero" else 0
    if row == "procurement" and column == "amount":
        amounts: list[Value] = [0, round(large * rng.random(), 2), f"{_draw(rng, large) + 1}元"]
        return rng.choice(amounts) if scale != "zero" else 0
    if row == "regulations":
        return _draw(rng, 3 if scale == "city" else 0)
    return _draw(rng, large if column == "decisions" else small)


def make_figures(rng: Random, editions: Mapping[str, str], scale: Scale) -> Figures:
    """Consistent figures for the tables of `editions` (table -> edition)."""
    figures: Figures = {}
    for table in TABLE_KEYS:
        if table not in editions:
            continue
        if table == "applications":
            figures |= _applications(rng, editions[table], scale)
        elif table == "review_litigation":
            figures |= _review(rng, scale)
        else:
            cells = table_of(editions[table], table).cells
            figures |= {
                (table, row, column): _disclosure_value(rng, row, column, scale) for row, column in cells
            }
    return figures


# Slips


def _mistype(rng: Random, value: int) -> int:
    """The value with a slip of the keyboard in it: digits swapped, one dropped or doubled, or another digit."""
    digits = str(value)
    i = rng.randrange(len(digits))
    slips = [
        digits[:i] + digits[i] + digits[i:],
        digits[:i] + str((int(digits[i]) + rng.randint(1, 9)) % 10) + digits[i + 1 :],
    ]
    if len(digits) > 1:
        j = min(i, len(digits) - 2)
        slips += [digits[:j] + digits[j + 1] + digits[j] + digits[j + 2 :], digits[:i] + digits[i + 1 :]]
    different = [int(slip) for slip in slips if int(slip) != value]
    return rng.choice(different) if different else value + 1


def break_cells(rng: Random, figures: Figures, table: str, slips: int = 1) -> tuple[Figures, list[Key]]:
    """Mistype that many cells of one table, in `applications` each in a row and a column of its own; returns
    the cells changed.
    """
    out, changed = dict(figures), list[Key]()
    keys = [key for key, value in figures.items() if key[0] == table and isinstance(value, int)]
    rng.shuffle(keys)
    for key in keys:
        if len(changed) == slips:
            break
        if table == "applications" and any(key[1] == other[1] or key[2] == other[2] for other in changed):
            continue
        value = out[key]
        assert isinstance(value, int)
        out[key] = _mistype(rng, value)
        changed.append(key)
    return out, changed


def zero_a_total(rng: Random, figures: Figures, table: str) -> tuple[Figures, list[Key]]:
    """Leave one total at zero although its parts are not, as published reports do. No change where every
    total is zero.
    """
    totals = [
        key
        for key, value in figures.items()
        if key[0] == table and key[2] == "total" and value not in (0, "")
    ]
    if not totals:
        return dict(figures), []
    key = rng.choice(totals)
    return figures | {key: 0}, [key]


def shift_to_neighbour(rng: Random, figures: Figures) -> tuple[Figures, list[Key]]:
    """Put one application under the neighbouring kind of applicant: the row still adds up, the two columns do
    not.
    """
    rows = {key[1] for key in figures if key[0] == "applications"}
    moves = [
        (("applications", row, left), ("applications", row, right))
        for row in sorted(rows)
        for left, right in pairwise(APPLICANTS)
        if figures["applications", row, left] != figures["applications", row, right]
    ]
    if not moves:
        return dict(figures), []
    left, right = rng.choice(moves)
    return figures | {left: figures[right], right: figures[left]}, [left, right]


# Blanks and marks


def mark_zeros(figures: Figures, mark: str, table: str | None = None) -> Figures:
    """Print every zero as `mark`: "" leaves it blank. In one table only where one is named."""
    return {key: mark if value == 0 and table in (None, key[0]) else value for key, value in figures.items()}


def blank_totals(figures: Figures, table: str) -> Figures:
    """Leave the column of totals blank, and in `applications` the row of totals too."""
    return {
        key: "" if key[0] == table and (key[2] == "total" or key[1] == "total_handled") else value
        for key, value in figures.items()
    }


def blank_parts(figures: Figures, table: str) -> Figures:
    """Fill the totals of every row only."""
    return {key: "" if key[0] == table and key[2] != "total" else value for key, value in figures.items()}


def blank_row(figures: Figures, table: str, row: str) -> Figures:
    """Leave one row blank."""
    return {key: "" if key[:2] == (table, row) else value for key, value in figures.items()}


def blank_some(rng: Random, figures: Figures, share: float) -> Figures:
    """Leave a random share of the cells blank."""
    return {key: "" if rng.random() < share else value for key, value in figures.items()}


# What a right reader makes of them

_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*[^\d\s]*")


def number_of(value: Value) -> int | float | None:
    """The number that is printed, None for blanks, dashes, slashes and words. `251000元` is 251000: the unit
    stands beside it.
    """
    if not isinstance(value, str):
        return value
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", value).replace(",", "").strip())
    if match is None:
        return None
    return float(match[1]) if "." in match[1] else int(match[1])


def kind_of(value: Value) -> str:
    """number, blank, dash, slash or text, as the contract's `kind`."""
    if number_of(value) is not None:
        return "number"
    text = str(value).strip()
    if not text:
        return "blank"
    if text in ("/", "／"):
        return "slash"
    return (
        "dash"
        if all(unicodedata.category(character) == "Pd" or character == "－" for character in text)
        else "text"
    )


def _settle(
    equation: Equation, known: dict[tuple[str, str], int | float], never_negative: bool
) -> bool | None:
    """Take what one equation implies into `known`. True: something new, False: nothing, None: it is broken."""
    left, right = ([cell for cell in side if cell not in known] for side in (equation.left, equation.right))
    rest = sum(known[cell] for cell in equation.left if cell in known) - sum(
        known[cell] for cell in equation.right if cell in known
    )
    if not left and not right:
        return None if rest else False
    if len(left) + len(right) == 1:
        implied = rest if right else -rest
        if implied < 0:
            return None
        known[(left or right)[0]] = implied
        return True
    if never_negative and not (left and right):
        needed = rest if right else -rest
        if needed < 0:
            return None
        if needed == 0:
            known.update(dict.fromkeys(left or right, 0))
            return True
    return False


def _reason(
    equations: tuple[Equation, ...], known: dict[tuple[str, str], int | float], never_negative: bool
) -> str:
    progress = True
    while progress:
        progress = False
        for equation in equations:
            outcome = _settle(equation, known, never_negative)
            if outcome is None:
                return "inconsistent"
            progress = progress or outcome
    cells = {cell for equation in equations for cell in (*equation.left, *equation.right)}
    return "validated" if cells <= set(known) else "incomplete"


def expected_statuses(figures: Figures, table: str, edition: str) -> frozenset[str]:
    """The statuses that a right reader may give a table with these figures, when the rendering leaves no
    doubt about them.

    More than one where readers may differ in how much they infer from blanks: `incomplete` and `validated`
    where only the rule that counts are never negative decides. Blanks in a table without equations:
    `validated` or `incomplete`.
    """
    form = table_of(edition, table)
    known = {
        (row, column): number
        for row, column in form.cells
        if (number := number_of(figures[table, row, column])) is not None
    }
    hard = tuple(equation for equation in form.equations if equation.severity == "hard")
    if not hard:
        return frozenset({"validated"} if len(known) == len(form.cells) else {"validated", "incomplete"})
    return frozenset(_reason(hard, dict(known), never_negative) for never_negative in (False, True))
