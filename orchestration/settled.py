"""What every worker begins with, read and settled once in the server that forks them. Nothing else should import this: it settles the process."""

import orchestration.steps
import schemas.frames
from orchestration.compute import settle

__all__ = ["orchestration", "schemas"]
settle()
