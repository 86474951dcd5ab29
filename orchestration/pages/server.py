"""`ogi serve`: a local page on which documents are dropped, and judged. Nothing is kept after the answer."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assets.limits import MAX_BYTES_WITH_PICTURES
from orchestration.pages.markup import tag
from orchestration.pages.report_page import html_of, style
from orchestration.pages.results import as_csv, as_xlsx, summary
from orchestration.pages.workers import Asked, Judged, Workers
from schemas.translation import LANGUAGES, Language, translated, word
from schemas.words import say

MOST_FILES = 200  # in one answer
MOST_TOGETHER = 200_000_000  # bytes of all files of one answer
_HERE = Path(__file__).parent
_ACCEPTED = ".docx,.pdf,.html,.htm,.txt,.md,.csv"


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _policy() -> str:
    """What a page of the server may do: its own style sheet, its own script, pictures that are within it."""
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-{_digest(style())}'"
    )


def application(workers: Workers, names: list[str], language: Language) -> Starlette:
    """Return the server: it answers requests to an IP address, to localhost and to these names, in this
    language unless asked otherwise.
    """
    known = {"localhost", *(name.lower() for name in names)}
    policy = _policy()

    async def guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        _refuse_other_hosts(request, known)
        _refuse_other_origins(request)
        response = await answer(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    def route(path: str, answer: Callable[[Request], Awaitable[Response]], method: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await guarded(request, answer)

        return Route(path, endpoint, methods=[method])

    async def start(request: Request) -> Response:
        return HTMLResponse(_start_page(_language(request, language)))

    async def script(_: Request) -> Response:
        return Response((_HERE / "serve.js").read_bytes(), media_type="text/javascript")

    async def check(request: Request) -> Response:
        spoken = _language(request, language)
        asked = await _files(request, spoken)
        found = [await run_in_threadpool(workers.judge, one) for one in asked]
        return _answer(found, str(request.query_params.get("as", "page")), spoken)

    return Starlette(
        routes=[route("/", start, "GET"), route("/serve.js", script, "GET"), route("/check", check, "POST")],
        exception_handlers={HTTPException: _refused},
    )


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return PlainTextResponse(str(error.detail), error.status_code)


def _language(request: Request, default: Language) -> Language:
    asked = request.query_params.get("lang")
    return next((known for known in LANGUAGES if known == asked), default)


def _refuse_other_hosts(request: Request, known: set[str]) -> None:
    """Refuse what is sent to a name that is not known: another site may have made it lead here."""
    try:
        name = (urlsplit(f"//{request.headers.get('host', '')}").hostname or "").lower()
        if name not in known:
            ip_address(name)
    except ValueError as error:
        raise HTTPException(400, "this server is not known by that name: start it with --name") from error


def _refuse_other_origins(request: Request) -> None:
    """Refuse what the page of another site sends."""
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not same or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "this server answers its own page only")


async def _files(request: Request, language: Language) -> list[Asked]:
    """The files of a request; refused where there are too many, or too large ones."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MOST_TOGETHER:
        raise HTTPException(413, translated(say("serve.too_large", most=MOST_TOGETHER // 10**6), language))
    async with request.form(max_files=MOST_FILES, max_fields=8) as form:
        uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
        if not uploads:
            raise HTTPException(400, translated(say("serve.no_files"), language))
        return [
            Asked(_name(one.filename or ""), await one.read(MAX_BYTES_WITH_PICTURES + 1), language)
            for one in uploads
        ]


def _name(name: str) -> str:
    """The name of a file without its folders and without what is no text."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:200] or "?"


def _answer(found: list[Judged], form: str, language: Language) -> Response:
    """What was found, as it was asked for: a page, JSON for the page's script, or a file."""
    results = [one.result for one in found]
    if form == "json":
        return JSONResponse(
            [
                {
                    "source": one.result.source,
                    "verdict": one.result.verdict,
                    "heading": one.result.heading,
                    "title": one.result.title,
                    "points": one.result.points,
                    "page": one.page,
                }
                for one in found
            ]
        )
    if form == "csv":
        return _download(as_csv(results, language), "text/csv; charset=utf-8", "results.csv")
    if form == "xlsx":
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _download(as_xlsx(results, language), kind, "results.xlsx")
    if form == "zip":
        return _download(_zipped(found, language), "application/zip", "results.zip")
    if len(found) == 1:
        return HTMLResponse(found[0].page)
    return HTMLResponse(_results_page(found, language))


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _zipped(found: list[Judged], language: Language) -> bytes:
    """The page of each document and the table of all, in one archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, one in enumerate(found, 1):
            archive.writestr(f"{i:03} {one.result.source}.html", one.page)
        archive.writestr("results.xlsx", as_xlsx([one.result for one in found], language))
    return file.getvalue()


def _form(language: Language) -> Markup:
    """Where documents are chosen or dropped. Works without script: the answer is then a page."""
    chosen = tag(
        "input", type="file", name="files", id="files", multiple=True, required=True, accept=_ACCEPTED
    )
    buttons = [
        tag("button", word("serve.check", language), type="submit", id="check"),
        *(
            tag(
                "button",
                word(f"serve.{form}", language),
                type="submit",
                formaction=f"/check?as={form}&lang={language}",
                class_="other",
            )
            for form in ("xlsx", "csv", "zip")
        ),
    ]
    return tag(
        "form",
        tag("label", word("serve.choose", language), for_="files"),
        chosen,
        tag("p", *buttons, class_="buttons"),
        method="post",
        action=f"/check?lang={language}",
        enctype="multipart/form-data",
        id="drop",
        data_progress=word("serve.progress", language),
        data_open=word("serve.open", language),
        data_failed=word("serve.failed", language),
    )


def _start_page(language: Language) -> str:
    other: Language = "en" if language == "zh" else "zh"
    body = tag(
        "main",
        tag("p", tag("a", word(f"serve.in_{other}", language), href=f"/?lang={other}"), class_="source"),
        tag("h1", word("serve.title", language)),
        tag("p", word("serve.about", language)),
        _form(language),
        tag("p", "", id="progress", role="status"),
        tag("ol", "", id="results", class_="results"),
        tag("p", word("serve.kept", language), class_="note"),
        tag("script", "", src="/serve.js", defer=True),
        class_="start",
    )
    return html_of(word("serve.title", language), body, language)


def _results_page(found: list[Judged], language: Language) -> str:
    """The list of several documents, for browsers without script: each with what needs a look."""
    items = [
        tag(
            "li",
            tag("strong", one.result.heading),
            " ",
            one.result.source,
            tag("ul", *(tag("li", point) for point in one.result.points)) if one.result.points else None,
            class_=one.result.verdict,
        )
        for one in found
    ]
    body = tag(
        "main",
        tag("h1", word("serve.title", language)),
        tag("p", "; ".join(summary([one.result for one in found], language))),
        tag("ol", *items, class_="results"),
        class_="start",
    )
    return html_of(word("serve.title", language), body, language)
