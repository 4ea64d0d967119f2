"""``python -m searchlib.cli.reference --write`` writes the pages, ``--check`` exits 1 if those there are others.

Without either, all are printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from searchlib.cli.output import Output, say_error
from searchlib.cli.reference import apireference, clireference

PAGES: Mapping[Path, Callable[[], str]] = {
    clireference.PAGE: clireference.page,
    apireference.PAGE: apireference.page,
}


def main(arguments: list[str]) -> int:
    """Print, write or check the pages."""
    stale = []
    for file, make in PAGES.items():
        text = make()
        if "--write" in arguments:
            file.write_text(text, encoding="utf-8")
        elif "--check" not in arguments:
            Output(color=False, width=0).lines(text.removesuffix("\n"))
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(str(file))
    if stale:
        say_error(f"Not current: {', '.join(stale)}. Write it with: python -m searchlib.cli.reference --write")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
