"""Folders, here or in an object store, by name. Light: `ogi check` imports it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from upath import UPath

# A path, local or of an object store: both have the methods of pathlib that we use.
Folder: TypeAlias = "Path | UPath"


class StoreError(RuntimeError):
    """The raw store or the warehouse cannot be used: one sentence that says why, and what to do."""


def why(error: BaseException) -> str:
    """Return what went wrong, without the path and the number that an OSError prints with it."""
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())


def folder(where: str | Folder) -> Folder:
    """Return the folder of a name: a local path, or an address that fsspec knows, such as
    `s3://bucket/prefix`. Raises StoreError where there is no such kind of store.
    """
    if not isinstance(where, str):
        return where
    if "://" not in where:
        return Path(where)
    from upath import UPath  # slow to import, and few need it

    try:
        # What another process has written is to be seen at once, so no listing is remembered.
        path = UPath(where, use_listings_cache=False)
        _ = path.fs
    except ImportError as error:
        advice = (
            "run `pip install 'open-government-information[s3]'`"
            if where.startswith(("s3:", "s3a:"))
            else f"{error}"
        )
        raise StoreError(f"{where}: the package that reads such a store is not installed: {advice}") from None
    except ValueError as error:
        raise StoreError(
            f"{where}: no such kind of store ({error}): give a local folder, or an address such as "
            "s3://bucket/prefix"
        ) from None
    return path
