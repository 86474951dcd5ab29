"""What Dagster loads: definitions, assets, checks, schedules, sensors, and what its UI shows. Nothing else
imports Dagster, but for the command that starts a run.
"""
