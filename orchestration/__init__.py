"""The upper floor: when and where things run. Rooms, each of which imports only those before it: `settings`,
`progress`, `code`, `computing`, `store`, `freshness`, `running`, `code_location`, `commands`.
"""
