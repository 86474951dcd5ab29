"""HTML made of elements: whatever text goes in is escaped, so that what a document says is never markup."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Child = str | Markup | None
_VOID = frozenset({"img", "input", "meta", "link", "br", "hr"})


def tag(element: str, /, *children: Child, **attributes: str | int | float | bool | None) -> Markup:
    """Return an element. Text is escaped, Markup is not; None adds nothing.

    Attributes: underscores stand for hyphens, one at the end is dropped (`class_`, `aria_label`); True gives
    the bare name, None and False none.
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inner = joined(children)
    return Markup(f"<{element}{told}>" if element in _VOID else f"<{element}{told}>{inner}</{element}>")


def joined(children: Iterable[Child], between: str = "") -> Markup:
    """Return elements and text one after the other; text is escaped."""
    return Markup(between).join(escape(child) for child in children if child is not None)
