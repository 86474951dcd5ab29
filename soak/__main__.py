"""`python -m soak [NAME [OPTION...]]`: run one campaign, or all of them. Exit status 1 where any failed."""

from __future__ import annotations

import sys
from importlib import import_module

# The campaigns by name, each a module with `main(arguments)`, which prints what it tried and what failed and
# returns how many failed.
CAMPAIGNS = {
    "baits": "soak.bait_campaign",  # texts, pages, DOCX and PDF made to be slow
    "hostile": "soak.hostile",  # documents and archives made to take the program with them
    "fuzz": "soak.fuzz_campaign",  # damaged and mutated documents of all formats
    "kills": "soak.kills",  # kills of builds and ingests, several writers, bad disks, power cuts
}


def main(arguments: list[str]) -> int:
    """Run the campaign that the first argument names, with the other arguments; without one, all of them."""
    if arguments and arguments[0] not in CAMPAIGNS:
        print(f"There is no campaign {arguments[0]!r}: name one of {', '.join(CAMPAIGNS)}.", file=sys.stderr)
        return 2
    chosen = arguments[:1] or list(CAMPAIGNS)
    failed = [import_module(CAMPAIGNS[name]).main(arguments[1:]) for name in chosen]
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
