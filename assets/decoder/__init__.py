"""How a table is read, in order: figures, items, labels, headers, rows, placement, and the draft that they
make together.
"""
