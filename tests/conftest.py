"""What every test relies on: sentences are in English whatever the locale of the machine, also in processes
that tests start.
"""

import os

os.environ["OGI_LANG"] = "en"
