"""Campaigns that try to break the project: `make soak`, or `python -m soak NAME`. Each prints what it tried
and what failed; what failed becomes a case in the tests.
"""
