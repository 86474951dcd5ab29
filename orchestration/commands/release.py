"""`ogi release`: writes the folder that strangers download, and says what changed since the one before."""

from __future__ import annotations

import argparse

from orchestration.releasing.release import Release, make_release
from orchestration.store.warehouse import Warehouse


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    print(report(make_release(Warehouse(args.warehouse), args.out, args.version, args.since)))
    return 0


def report(release: Release) -> str:
    """Return what was made, in lines."""
    lines = [f"version {release.version}, report years {', '.join(release.years)}: {release.root}"]
    if release.changes is None:
        lines.append("no release before to compare with")
    else:
        lines.append(f"figures that changed since version {release.since}: {sum(release.changes.values())}")
        lines += [f"  {reason:14} {count}" for reason, count in release.changes.items()]
    return "\n".join(lines)
