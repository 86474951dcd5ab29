"""docx: from the bytes of a document to its RawText."""

from __future__ import annotations

from assets.model import RawText, Refusal


def read_docx(data: bytes) -> RawText:
    raise Refusal("the file is a DOCX file, which is not read yet: save the document as plain text")
