"""Files, here or in an object store: the raw store, archives, the partitions of the warehouse, locks. Knows
what is in a file, not how it is made.
"""
