"""Workers of the channels for measuring: quick limits and short pauses, else as they always are."""

from __future__ import annotations

from pathlib import Path

from tests import forks

LIMITS = Path(__file__).parent / "data"
PAUSE_S = (0.2, 0.5, 1.0)


def main() -> None:
    """Fork workers that do not wait for hours where the published limits would make them."""
    import django  # noqa: PLC0415 - what follows sets Django up

    django.setup()
    from flows.channels import gate, reading, telling  # noqa: PLC0415 - needs the settings

    gate.DATA = LIMITS
    reading.BACKOFF_S = PAUSE_S  # type: ignore[assignment]
    telling.BACKOFF_S = PAUSE_S  # type: ignore[assignment]
    forks.main()


if __name__ == "__main__":
    main()
