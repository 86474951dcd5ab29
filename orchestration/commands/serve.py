"""`ogi serve`: starts the local page and says where it is."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from schemas.translation import default_language, translated
from schemas.words import say


def run(args: argparse.Namespace) -> int:
    """Serve until it is stopped; `args.host`, `args.port`, `args.lang`."""
    import uvicorn

    from orchestration.pages.server import application
    from orchestration.pages.workers import Workers

    language = args.lang or default_language()
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((args.host, args.port))
        except OSError as error:
            print(f"ogi: {args.host}:{args.port}: {error.strerror or error}", file=sys.stderr)
            return 2
    workers = Workers(max(2, os.cpu_count() or 1))
    workers.start()
    shared = args.host not in ("127.0.0.1", "localhost", "::1")
    address = f"http://{f'[{args.host}]' if ':' in args.host else args.host}:{args.port}/"
    print(translated(say("serve.started", address=address), language), flush=True)
    if shared:
        print(translated(say("serve.shared"), language), flush=True)
    try:
        uvicorn.run(
            application(workers, args.name, language),
            host=args.host,
            port=args.port,
            log_level="warning",
            server_header=False,
            h11_max_incomplete_event_size=64 * 1024,
        )
    finally:
        workers.close()
    return 0
