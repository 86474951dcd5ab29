"""What every test relies on: sentences are in English whatever the locale of the machine, also in processes
that tests start; property tests try the same examples in every run, and fail for no slowness of the machine.
"""

import os

from hypothesis import HealthCheck, settings

os.environ["OGI_LANG"] = "en"
settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("project")
