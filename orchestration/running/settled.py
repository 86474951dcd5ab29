"""What every process of a pool begins with, read and settled once in the server that forks them. Nothing else
should import this: it settles the process.
"""

import gc

gc.disable()

import schemas.frames  # noqa: E402, F401
from orchestration.computing.mapping import settle  # noqa: E402
from orchestration.running import batch  # noqa: E402, F401

settle()
gc.enable()
