"""Formats in which reports are published: a module each, from the bytes of a document to its RawText."""
