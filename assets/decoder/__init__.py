"""How a table is read: cut into items, its labels found, each figure given its column, and every other mark
accounted for. `docs/develop.md` names the modules in the order in which a table meets them.
"""
