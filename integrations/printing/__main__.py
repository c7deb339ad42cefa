"""`python -m integrations.printing`: the print agent alone, where there is no Django and no secret.

The same as `python manage.py print_agent`. The key comes from PRINT_AGENT_KEY or --key-file, never
from the command line, where everybody on the machine could read it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from integrations.printing.agent import Agent
from integrations.printing.journal import Journal
from integrations.printing.server import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What both ways to start it take."""
    parser.add_argument("--server", required=True, help="address of the staff's door")
    parser.add_argument("--key-file", type=Path, help="file with the agent's key")
    parser.add_argument(
        "--state", type=Path, required=True, help="folder that outlives a restart of the agent"
    )


def run(*, server: str, key_file: Path | None, state: Path) -> int:
    """Run until SIGTERM or SIGINT; return the exit status."""
    key = key_file.read_text().strip() if key_file else os.environ.get("PRINT_AGENT_KEY", "")
    if not key:
        sys.stderr.write("Put the agent's key into PRINT_AGENT_KEY, or name --key-file.\n")
        return 2
    agent = Agent(lambda: Server(server, key), Journal(state), _say)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    _say(f"print agent asks {server}")
    agent.run()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m integrations.printing", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args()
    return run(server=options.server, key_file=options.key_file, state=options.state)


if __name__ == "__main__":
    sys.exit(main())
