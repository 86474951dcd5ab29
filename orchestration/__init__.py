"""When and where things run: partitions, storage, Dagster's assets, checks and jobs, the `ogi` command.
Imports the two other floors.
"""
