"""Corpora to measure on: invented reports in a realistic mix of flavours, scripts and errors, made once and
kept outside git.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import TypeVar

from examples import html
from examples.figures import (
    SCALES,
    Figures,
    blank_row,
    blank_totals,
    break_cells,
    make_figures,
    mark_zeros,
    shift_to_neighbour,
)
from examples.noise import encodable, encode, make_noise
from examples.render import FLAVOURS, render
from examples.report import UNITS, Organ, Report, make_report
from schemas.forms import TABLE_KEYS

YEAR = 2023
EDITION = "2021"
A_FOLDER = 1000  # documents in one folder
_A_TASK = 250
# Names of places put together from these exist nowhere; their characters survive the way to traditional
# script and back.
_FIRST, _SECOND = "汐砚霖沐鹭榆", "云泽临汐砚江霖沐榆昭宁青柳石南亭望松鹭溪"
_ENCODINGS = (("utf-8", 90), ("gb18030", 5), ("utf-8-sig", 3), ("utf-16", 2))
_NOTICE = "关于召开第{number}次防汛工作会议的通知\n\n各单位：\n    定于下月3日召开会议，请按时参加。\n" * 5

Change = Callable[[Random, Figures], Figures]
T = TypeVar("T")

# What is wrong with a report, and with how many of a hundred.
_CHANGES: tuple[tuple[Change, int], ...] = (
    (lambda rng, figures: figures, 62),
    (lambda rng, figures: break_cells(rng, figures, "applications")[0], 10),
    (lambda rng, figures: break_cells(rng, figures, "review_litigation")[0], 3),
    (lambda rng, figures: break_cells(rng, figures, "applications", 2)[0], 2),
    (lambda rng, figures: shift_to_neighbour(rng, figures)[0], 3),
    (lambda rng, figures: mark_zeros(figures, rng.choice(("-", "/", ""))), 14),
    (lambda rng, figures: blank_totals(figures, "review_litigation"), 3),
    (lambda rng, figures: blank_row(figures, "applications", "granted"), 3),
)


def _drawn(rng: Random, weighted: Sequence[tuple[T, int]]) -> T:
    return rng.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


def _place(rng: Random, kind: str) -> str:
    return rng.choice(_FIRST) + rng.choice(_SECOND) + kind


def report_of(rng: Random) -> Report:
    """An invented report of one of some hundred thousand organs, one in three of them with something wrong or
    blank in its figures.
    """
    organ = Organ(_place(rng, "市"), _place(rng, rng.choice("区县")), rng.choice(UNITS))
    editions = dict.fromkeys(TABLE_KEYS, EDITION)
    figures = make_figures(rng, editions, rng.choice(SCALES))
    change = _drawn(rng, _CHANGES)
    with suppress(IndexError, ValueError):  # all figures are zero: there is none to break
        figures = change(rng, figures)
    lost = frozenset({"review_litigation"} if rng.random() < 0.02 else set())
    return make_report(rng, YEAR, editions, figures=figures, lost=lost, organ=organ)


def _text(rng: Random) -> tuple[str, bytes]:
    flavour = rng.choice(FLAVOURS)
    text = render(report_of(rng), flavour, make_noise(rng, rng.choice((0.0, 0.05, 0.15))))
    encoding = str(_drawn(rng, _ENCODINGS))
    ending = "md" if flavour.startswith("markdown") else "txt"
    return ending, encode(text, encoding if encodable(text, encoding) else "utf-8")


def _page(rng: Random) -> tuple[str, bytes]:
    return "html", html.render_html(report_of(rng), make_noise(rng, 0.05), html.make_page_noise(rng, 0.2))


def _printed(rng: Random) -> tuple[str, bytes]:
    from examples import pdf

    return "pdf", pdf.render_pdf(report_of(rng), pdf.make_style(rng), make_noise(rng, 0.05)).data


def _word(rng: Random) -> tuple[str, bytes]:
    from examples import docx

    return "docx", docx.render_docx(report_of(rng), make_noise(rng, 0.05), docx.make_style(rng, 0.1))


_MAKERS = {"text": _text, "html": _page, "pdf": _printed, "docx": _word}
# How many of a hundred documents are of each format.
MIXES: Mapping[str, tuple[tuple[str, int], ...]] = {
    **{name: ((name, 100),) for name in _MAKERS},
    "mixed": (("text", 60), ("html", 30), ("pdf", 6), ("docx", 4)),
}


def document(number: int, mix: str) -> tuple[str, bytes]:
    """The document of this number: how its name ends, and its bytes. The same number gives the same
    document.
    """
    rng = Random(f"corpus/{number}")
    if rng.random() < 0.003:
        return "txt", rng.choice((b"", rng.randbytes(3000), _NOTICE.format(number=number).encode()))
    return _MAKERS[str(_drawn(rng, MIXES[mix]))](rng)


def _write(root: Path, mix: str, numbers: range) -> None:
    for number in numbers:
        ending, content = document(number, mix)
        (root / f"{number // A_FOLDER:03}" / f"{number:06}.{ending}").write_bytes(content)


def make_corpus(size: int, mix: str, cache: Path) -> Path:
    """The raw store of so many reports of one year below `cache`, made by all cores unless it is there.
    Larger ones begin like smaller ones.
    """
    root = cache / f"{mix}-{size}"
    if root.is_dir():
        return root
    unfinished = cache / f"{mix}-{size}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    for number in range(0, size, A_FOLDER):
        (unfinished / str(YEAR) / f"{number // A_FOLDER:03}").mkdir(parents=True)
    tasks = [range(first, min(first + _A_TASK, size)) for first in range(0, size, _A_TASK)]
    with ProcessPoolExecutor(mp_context=get_context("forkserver")) as pool:
        for _ in pool.map(partial(_write, unfinished / str(YEAR), mix), tasks):
            pass
    unfinished.rename(root)
    return root
