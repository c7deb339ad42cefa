"""`python -m sandbox --port N --data DIR`: serve the stand-ins on loopback until told to stop."""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox.server import Settings, serve


def main() -> None:
    """Read the command line and serve. SIGTERM ends it after the running answers."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--data", type=Path, required=True, help="folder of the state")
    parser.add_argument(
        "--way-seconds",
        type=float,
        default=8.0,
        help="seconds from handover to delivery when customs does not wait",
    )
    for name, what in (("pdf", "takes PDF"), ("zebra", "takes ZPL")):
        parser.add_argument(
            f"--{name}-port", type=int, default=0,
            help=f"raw TCP port of the printer that {what}; any free one, told by /_printers",
        )  # fmt: skip
    options = parser.parse_args()
    if options.way_seconds <= 0:
        parser.error("--way-seconds must be above 0, for example 8")
    serve(
        port=options.port,
        settings=Settings(
            data=options.data.resolve(),
            way_seconds=options.way_seconds,
            pdf_port=options.pdf_port,
            zebra_port=options.zebra_port,
        ),
    )


if __name__ == "__main__":
    main()
