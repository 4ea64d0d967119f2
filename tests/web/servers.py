"""Servers as processes of their own, as a person starts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def serving(*arguments: str, folder: Path, **variables: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address that a server prints, and its process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHLIB_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "searchlib", "serve", "--port", "0", *arguments],
        cwd=folder,
        env={**environment, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    rest = threading.Thread(target=process.stderr.read)  # a pipe that is full would hold it up
    try:
        said = ""
        while not (found := re.search(r"https?://\S+", said)):
            line = process.stderr.readline()
            assert line, said
            said += line
        rest.start()
        yield found[0], process
    finally:
        process.kill()
        process.wait()
        if rest.ident is not None:
            rest.join()
        process.stderr.close()
