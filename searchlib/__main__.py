"""``searchlib`` and ``python -m searchlib``: the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line with the arguments of this process, and exit."""
    try:
        from searchlib.cli.main import program
    except KeyboardInterrupt:  # in the moment before the command line is there to handle it
        sys.exit(130)
    program.main(prog_name="searchlib")


if __name__ == "__main__":
    main()
