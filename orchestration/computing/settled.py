"""What every worker begins with, read and settled once in the server that forks them. Nothing else should
import this: it settles the process.
"""

from orchestration.computing.mapping import settle

settle("orchestration.running.batch", "schemas.frames")
