"""Where output goes and how it looks: data to stdout, all else to stderr; colour and width as far as they fit.

* The *output* of a command knows whether to use colour and to which width to wrap. Piped output has neither,
  so that it is the same everywhere.
* To *say* something is to tell the person, on stderr.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from searchlib.settings import Settings

MAX_WIDTH = 100
"""Columns: longer lines are hard to read."""

BOLD, DIM, RED, YELLOW = "1", "2", "1;31", "33"


def wants_color(choice: str, stream: TextIO, environ: Mapping[str, str] | None = None) -> bool:
    """Whether to write colour to ``stream``: as chosen; on "auto" by NO_COLOR, FORCE_COLOR, TERM and the terminal.

    See https://no-color.org and https://force-color.org; a flag or setting overrides them, as they ask.
    """
    environ = os.environ if environ is None else environ
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] != "0"
    return is_terminal(stream) and environ.get("TERM") != "dumb"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sees ``stream``."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


@dataclass(frozen=True, slots=True)
class Output:
    """How stdout is written: with colour or not, wrapped to ``width`` columns or (0) not at all."""

    color: bool
    width: int

    def style(self, text: str, *codes: str) -> str:
        """``text`` in these styles (parameters of SGR, ECMA-48), where there is colour."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.color and text else text

    def line(self, text: str = "") -> None:
        """Write a line of data."""
        sys.stdout.write(text + "\n")

    def json(self, value: Any, *, indent: int | None = 2) -> None:
        """Write ``value`` as JSON: ASCII only where stdout is not UTF-8."""
        import json

        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        self.line(json.dumps(value, ensure_ascii=not utf8, indent=indent, default=str))


def output_for(settings: Settings) -> Output:
    """The output that the settings and the terminal ask for."""
    forgive_encoding()
    width = settings.width or 0
    if not width and is_terminal(sys.stdout):
        import shutil

        width = min(MAX_WIDTH, max(20, shutil.get_terminal_size().columns))
    return Output(wants_color(settings.color, sys.stdout), width)


def forgive_encoding() -> None:
    """Have stdout and stderr write what they cannot encode as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str) -> None:
    """Tell the person something."""
    sys.stdout.flush()
    sys.stderr.write(harmless(text) + "\n")
    sys.stderr.flush()


def harmless(text: str) -> str:
    """``text`` without control characters but line breaks: names of files can hold any."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def say_error(text: str) -> None:
    """Tell the person what went wrong."""
    forgive_encoding()
    with contextlib.suppress(OSError):  # that may be what went wrong
        sys.stdout.flush()
    label = "Error:"
    if wants_color("auto", sys.stderr):
        label = f"\x1b[{RED}m{label}\x1b[0m"
    sys.stderr.write(f"{label} {harmless(text)}\n")


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 hit``, ``2 hits``, ``12,345 hits``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def human_bytes(number: float) -> str:
    """``512 B``, ``1.5 kB``, ``3.2 GB``: powers of 1000."""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def human_seconds(seconds: float) -> str:
    """``3 ms``, ``1.2 s``, ``4:05 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
