"""The one way out: data to stdout, all else to stderr; escaped, and in colour and to a width as far as they fit.

* The *output* of a command knows whether to use colour and to which width to wrap. Piped output has neither,
  so that it is the same everywhere.
* To *say* something is to tell the person, on stderr.
* While a command runs, both streams are *guarded*: whatever is written to them, by whomever, is escaped on its way,
  unless it is `searchlib.guards.cleaning.Harmless`. What is written here is, line by line, so that no line break in a
  name makes a line that looks like one of ours. JSON has escapes of its own.
* A stderr that cannot be written to changes nothing of what a command does.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, TextIO, cast

from searchlib.cli.settings import Settings
from searchlib.frozen import frozen
from searchlib.guards.cleaning import Harmless, escape, escape_json, harmless

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


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person sees ``stream``."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def at_a_terminal() -> bool:
    """Whether any of the streams is one that a person is at."""
    return any(map(is_terminal, (sys.stdin, sys.stderr, sys.stdout)))


@frozen
class Output:
    """How stdout is written: with colour or not, wrapped to ``width`` columns or (0) not at all."""

    color: bool
    width: int

    def style(self, text: str, *codes: str) -> Harmless:
        """``text`` in these styles (parameters of SGR, ECMA-48), where there is colour."""
        return _styled(text, *codes) if self.color and text else harmless(text)

    def line(self, text: str = "") -> None:
        """Write a line of data."""
        sys.stdout.write(_ended(text))

    def lines(self, text: str) -> None:
        """Write the lines of a text."""
        for line in text.split("\n"):
            self.line(line)

    def json(self, value: object, *, indent: int | None = 2) -> None:
        """Write ``value`` as JSON: ASCII only where stdout is not UTF-8."""
        import json

        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        self.lines(escape_json(json.dumps(value, ensure_ascii=not utf8, indent=indent, default=str)))


class JsonLines:
    """Stdout as a stream of lines of JSON that others make: with escapes for what is unsafe in them."""

    def write(self, text: str) -> int:
        """Write lines, or parts of them."""
        return sys.stdout.write(Harmless(escape_json(text)))

    def flush(self) -> None:
        """As that of stdout."""
        sys.stdout.flush()


def output_for(settings: Settings) -> Output:
    """The output that the settings and the terminal ask for."""
    width = settings.width or 0
    if not width and is_terminal(sys.stdout):
        import shutil

        width = min(MAX_WIDTH, max(20, shutil.get_terminal_size().columns))
    return Output(wants_color(settings.color, sys.stdout), width)


def say(*lines: str) -> None:
    """Tell the person something."""
    with contextlib.suppress(ValueError):  # closed
        sys.stdout.flush()
    sys.stderr.write(Harmless("".join(map(_ended, lines))))
    sys.stderr.flush()


def say_error(*lines: str) -> None:
    """Tell the person what went wrong."""
    with contextlib.suppress(OSError, ValueError):  # that may be what went wrong
        sys.stdout.flush()
    label = _styled("Error:", RED) if wants_color("auto", sys.stderr) else harmless("Error:")
    first, *others = lines
    sys.stderr.write(Harmless("".join(map(_ended, (label + " " + first, *others)))))
    sys.stderr.flush()


def overwrite(text: str) -> None:
    """Write ``text`` over the last line of a terminal at stderr."""
    sys.stderr.write(Harmless(f"\r\x1b[K{harmless(text)}"))
    sys.stderr.flush()


def _styled(text: str, *codes: str) -> Harmless:
    return Harmless(f"\x1b[{';'.join(codes)}m{harmless(text)}\x1b[0m")


def _ended(line: str) -> Harmless:
    return Harmless(f"{harmless(line)}\n")


class _Guarded:
    """A stream through which nothing unsafe goes. One that is ``optional`` goes nowhere once it cannot be written."""

    def __init__(self, stream: TextIO, optional: bool) -> None:
        self._stream = stream
        self._optional = optional

    def write(self, text: str) -> int:
        """Write ``text``, escaped unless it is harmless."""
        try:
            self._stream.write(text if isinstance(text, Harmless) else escape(text))
        except OSError:
            if not self._optional:
                raise
            leave(self._stream)
        return len(text)

    def flush(self) -> None:
        """As that of the stream."""
        try:
            self._stream.flush()
        except OSError:
            if not self._optional:
                raise
            leave(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def leave(stream: TextIO) -> None:
    """Have ``stream``, to which nothing can be written, lead nowhere: the interpreter flushes it again at its end."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Guard stdout and stderr. What they cannot encode is written as escapes, instead of failing."""
    streams = sys.stdout, sys.stderr
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    sys.stdout, sys.stderr = cast(TextIO, _Guarded(sys.stdout, False)), cast(TextIO, _Guarded(sys.stderr, True))
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


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
