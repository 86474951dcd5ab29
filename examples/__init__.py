"""Invented reports: `figures`, wording (`report`), tables (`grids`), `noise`, flavours (`render`, `aligned`),
the corpus (`make`).
"""
