"""``searchlib`` and ``python -m searchlib``: the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line with the arguments of this process, and exit."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who called
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as we run
    # NumPy's linear algebra, unused here, would start a thread for each processor when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from searchlib.cli.main import program
    except KeyboardInterrupt:  # in the moment before the command line is there to handle it
        sys.exit(130)
    program.main(prog_name="searchlib")


if __name__ == "__main__":
    main()
