"""Loaders that are commands: a program of the user's that writes the text of a file to its output.

``by_command("djvutxt {}")`` is a loader: ``{}`` stands for a copy of the file. The program is called without a shell,
in an empty folder, with the limits of other parsers, and its output is read as plain text. Form feeds in it end pages,
which paragraphs are then found by.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

from searchlib.documents.builder import Builder
from searchlib.documents.encodings import decode
from searchlib.documents.registry import Loader, suffix_of
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.errors import SeedError, SettingsError
from searchlib.guards.limits import Limits, how_to_raise
from searchlib.model.locators import Locator
from searchlib.model.records import Document
from searchlib.paragraphs import split, title_line

_PLACE: Final = "{}"
_SHOWN: Final = 200  # code points of what a program says is wrong


def by_command(command: str) -> Loader:
    """A loader that has a command write the text of a file. Raises SettingsError for what is none."""
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise SettingsError(f"the command {command!r} cannot be read ({error}): write it as djvutxt {_PLACE}") from None
    if not arguments or not any(_PLACE in argument for argument in arguments[1:]):
        raise SettingsError(f"the command {command!r} has no {_PLACE} for the file: write it as djvutxt {_PLACE}")

    def load(seed: Seed) -> Iterator[Document]:
        suffix = suffix_of(seed.name)
        with tempfile.TemporaryDirectory(prefix="searchlib-") as folder:
            file = Path(folder) / f"seed{suffix}"
            file.write_bytes(seed.read())
            output = _output(
                [one.replace(_PLACE, str(file)) for one in arguments], Path(folder), seed.limits, seed.name
            )
        text = clean(decode(output, seed.name))
        yield _document(seed, text, suffix.lstrip(".") or "text")

    return load


def refused(file: str, command: str) -> Loader:
    """A loader that says that its command is not run, since it stands in a settings file of somebody else."""

    def load(seed: Seed) -> Iterator[Document]:
        raise SeedError(
            f"would be read by {command!r}, which stands in {file}, which is not your own: look at it, and give "
            "--allow-commands",
            seed.name,
        )

    return load


def _document(seed: Seed, text: str, kind: str) -> Document:
    language = seed.options.language
    pages = text.rstrip("\f \n").split("\f")
    if len(pages) == 1:
        plain = pages[0]
        return Document(seed.name, plain, title_line(plain) or seed.stem, kind, language, line=0)
    builder = Builder()
    for number, page in enumerate(pages, 1):
        for paragraph in split(Document(seed.name, page)):
            builder.add(paragraph.text, paragraph.kind, 0, locators=(Locator("page", number),))
    title = title_line(pages[0]) or seed.stem
    return Document(seed.name, builder.text, title, kind, language, blocks=builder.blocks, line=0)


def _output(arguments: Sequence[str], folder: Path, limits: Limits, name: str) -> bytes:
    """What a program writes. Raises SeedError if it cannot be run, fails, or takes or gives too much."""
    with (folder / "errors").open("w+b") as errors:
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            why = f"{arguments[0]} cannot be run ({(error.strerror or str(error)).lower()})"
            raise SeedError(f"{why}: install it, or take it out of [loaders]", name) from None
        overrun = threading.Event()

        def end() -> None:
            overrun.set()
            _kill(process)

        timer = threading.Timer(limits.parser_seconds, end)
        timer.daemon = True
        timer.start()
        try:
            _limit_memory(process.pid, limits.parser_memory)
            output = cast(BinaryIO, process.stdout).read(limits.parser_output + 1)
            if len(output) > limits.parser_output:
                reason = f"{arguments[0]} gives more than {limits.parser_output:,} bytes"
                raise SeedError(f"{reason}; {how_to_raise('parser_output')}", name)
            code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
            cast(BinaryIO, process.stdout).close()
            process.wait()
        if overrun.is_set():
            reason = f"{arguments[0]} took more than {limits.parser_seconds:,} seconds"
            raise SeedError(f"{reason}; {how_to_raise('parser_seconds')}", name)
        if code:
            errors.seek(0)
            said = " ".join(errors.read(4 * _SHOWN).decode("utf-8", "replace").split())[:_SHOWN]
            raise SeedError(
                f"{arguments[0]} failed ({said or f'exit code {code}'}): see what it says of the file", name
            )
        return output


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program, with what it started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _limit_memory(process: int, memory: int) -> None:
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):  # Linux has it
        import resource

        resource.prlimit(process, resource.RLIMIT_AS, (memory, memory))
