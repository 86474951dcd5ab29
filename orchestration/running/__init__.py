"""The stages over the batches of a year, and what checks read back of it. Knows nothing of Dagster, and no
command.
"""
