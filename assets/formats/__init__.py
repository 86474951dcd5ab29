"""The formats in which reports are published: one module each, from the bytes of a document to its RawText."""
