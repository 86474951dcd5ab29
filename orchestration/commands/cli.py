"""The `ogi` command: its arguments. What a subcommand does is imported when it runs, so that judging one file
stays quick.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration import settings
from orchestration.store.paths import StoreError, folder
from schemas.translation import LANGUAGES


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="ogi",
        description="Read annual reports on government information "
        "disclosure (政府信息公开工作年度报告), and judge their "
        "figures.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _check(
        commands.add_parser(
            "check", help="judge single documents", description="Judge single documents, in the order given."
        )
    )
    _serve(
        commands.add_parser(
            "serve", help="a local page to drop documents on", description=_SERVE, epilog=_SERVE_SHARED
        )
    )
    _ingest(
        commands.add_parser(
            "ingest", help="file documents into the raw store", description=_INGEST, epilog=_INGEST_STATUS
        )
    )
    _build(
        commands.add_parser(
            "build", help="make the datasets of report years", description=_BUILD, epilog=_BUILD_STATUS
        )
    )
    _release(
        commands.add_parser(
            "release",
            help="write the folder that strangers download",
            description=_RELEASE,
            epilog=_RELEASE_STATUS,
        )
    )
    return top


_SERVE = (
    "Open a page on this machine on which reports are dropped and judged as by `ogi check`. Nothing is kept "
    "after the answer, nothing leaves this machine."
)
_SERVE_SHARED = (
    "Where an office shares one server, put a web server with TLS and a login before it; see docs/serve.md."
)
_INGEST = (
    "Copy documents into the raw store, <raw>/<report year>/, by the year that the document itself "
    "says; the others to <raw>/unfiled/. "
    "Filing the same content again changes nothing; with --year, or once it can be read, it is taken "
    "out of unfiled/. "
    "<raw>/.manifest/ keeps where each document came from."
)
_INGEST_STATUS = (
    "Exit status: 0 every document was filed under a year; 1 some are in unfiled/ or could not be read."
)
_BUILD = (
    "Make the datasets of some report years, by default of every year that the raw store has a folder for."
)
_BUILD_STATUS = (
    "Exit status: 0 every year was made (documents may have been refused: they are listed); 1 a year "
    "could not be made; 2 nothing to do."
)
_RELEASE = (
    "Copy the datasets of a warehouse into a folder that stands by itself: Parquet, CSV, a DuckDB file, "
    "codebook, a page, checksums, how it was made, and what changed since the release before; see "
    "docs/release.md."
)
_RELEASE_STATUS = "Exit status: 0 the release was written; 2 it could not be, and why."


def _check(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a document, a folder or ZIP archive of documents, or a pattern such as 'in/*.pdf'",
    )
    command.add_argument(
        "--format",
        choices=("text", "json", "html"),
        default="text",
        help="text for people, one JSON object a line, or a page of one document for a browser",
    )
    command.add_argument(
        "--previous",
        metavar="FILE",
        help="last year's report of the same organ: what it carried out must be carried in",
    )
    command.add_argument(
        "--output",
        metavar="TABLE",
        type=_table,
        help="a file ending in .xlsx or .csv, to which the results of all documents go as a table",
    )
    command.add_argument(
        "--include",
        action="append",
        choices=("raw_text",),
        default=[],
        help="further fields of the JSON objects",
    )
    _lang(command)
    command.epilog = (
        "Exit status: 0 all three tables are validated, nothing is in doubt and no sentence contradicts "
        "a table; 1 something is not so; 2 some file could not be read."
    )


def _table(path: str) -> str:
    if not path.lower().endswith((".xlsx", ".csv")):
        raise argparse.ArgumentTypeError(f"{path!r} ends neither in .xlsx nor in .csv")
    return path


def _lang(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="the language of sentences, by default OGI_LANG, else that of the locale; keys stay the same",
    )


def _serve(command: argparse.ArgumentParser) -> None:
    _lang(command)
    command.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)"
    )
    command.add_argument("--port", type=int, default=8765, help="the port (default: %(default)s)")
    command.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="a host name under which it is reached, where it is shared; may be given several times",
    )


def _raw(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--raw",
        type=folder,  # applied to the default as well, but only by the subcommand that runs
        default=settings.raw(),
        metavar="DIR",
        help="the raw store, a folder or an address such as s3://bucket/prefix (default: %(default)s; or "
        "set OGI_RAW)",
    )


def _year(text: str) -> int:
    if not (len(text) == 4 and text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is no year of four digits")
    return int(text)


def _ingest(command: argparse.ArgumentParser) -> None:
    _raw(command)
    command.add_argument(
        "--year",
        type=_year,
        metavar="YYYY",
        help="the report year of documents that do not say it, also of those in unfiled/",
    )
    command.add_argument("--url", help="where on the web the documents were fetched, for the manifest")
    command.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a document, a folder or ZIP archive of documents, or a pattern such as 'in/*.pdf'",
    )


def _build(command: argparse.ArgumentParser) -> None:
    _raw(command)
    default = settings.warehouse()
    command.add_argument(
        "--warehouse",
        type=folder,
        default=default,
        metavar="DIR",
        help="where the datasets go, a folder or an address such as s3://bucket/prefix (default: "
        "%(default)s; or set OGI_WAREHOUSE)",
    )
    command.add_argument(
        "--year", action="append", metavar="YYYY", help="a report year; may be given several times"
    )
    command.add_argument(
        "--accept",
        metavar="REASON",
        help="publish a year even if it has collapsed against the published one; the reason is kept",
    )


def _release(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--warehouse",
        type=folder,
        default=settings.warehouse(),
        metavar="DIR",
        help="where the datasets are (default: %(default)s; or set OGI_WAREHOUSE)",
    )
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the release goes; one that is there is compared with, and replaced",
    )
    command.add_argument(
        "--since", type=Path, metavar="DIR", help="the release to compare with (default: that in --out)"
    )
    command.add_argument("--version", metavar="NAME", help="its version (default: the date)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    try:
        return _run(parser().parse_args(arguments))
    except StoreError as error:
        print(f"ogi: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads the output has seen enough: `ogi check … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _can_lock() -> bool:
    try:
        import fcntl  # noqa: F401
    except ImportError:
        return False
    return True


def _run(args: argparse.Namespace) -> int:
    gc.disable()  # until the command runs: what is imported stays
    if args.command == "check":
        from orchestration.commands import check

        if args.output or check.are_many(args.files, args.format):
            from orchestration.commands import check_many

            return check_many.run(args)
        return check.run(args)
    if args.command == "serve":
        from orchestration.commands import serve

        return serve.run(args)
    if not _can_lock():
        print(
            f"ogi {args.command} needs Linux or macOS, or WSL on Windows: it locks files as only these can. "
            "ogi check and ogi serve run here.",
            file=sys.stderr,
        )
        return 2
    if args.command == "release":
        gc.enable()  # but nothing is frozen: DuckDB complains at the end of what is still there
        from orchestration.commands import release

        return release.run(args)
    if args.command == "ingest":
        from orchestration.commands import ingest

        run = ingest.run
    else:
        from orchestration.commands import build

        run = build.run
    gc.freeze()
    gc.enable()
    return run(args)


if __name__ == "__main__":
    sys.exit(main())
