"""Adding and removing documents one by one, in a commit that is whole or not at all.

A writer *ends* once, with its commit or without. It is that of the process that got it: in a child that was forked
meanwhile it can do nothing, neither good nor harm.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from searchlib.errors import IndexLocked, SettingsError
from searchlib.guards.arguments import refused, text, whole
from searchlib.model.locators import problem_of
from searchlib.model.metadata import held, is_plain
from searchlib.model.records import Block, Document

if TYPE_CHECKING:
    from searchlib.engine.writers import Writer

_A_DOCUMENT: Final = 'a searchlib.Document, as in writer.add(Document("notes/1", "The text."))'


class WriterContext:
    """What ``index.writer()`` gives: commits at the end of the ``with``, cancels on any exception."""

    def __init__(self, writer: Writer, committed: Callable[[], object]) -> None:
        self._writer = writer
        self._committed = committed
        self._process = os.getpid()
        self._ended = ""  # how

    def add(self, document: Document) -> None:
        """Add a document, in place of any of the same path. One without text is found by its title, as a row is.

        Raises SettingsError for one that cannot be kept; others can be added then. Another error cancels the writer.
        """
        self._usable()
        _check(document)
        kept = _as_kept(document)
        with self._whole(kept.path, "added"):
            self._writer.add(kept)

    def remove(self, path: str) -> None:
        """Remove the document of this path, if there is one."""
        self._usable()
        path = text("path", path, "the path of a document, as text")
        with self._whole(path, "removed"):
            self._writer.remove(path)

    @contextmanager
    def _whole(self, path: str, done: str) -> Iterator[None]:
        """Nothing is committed after an error: part of a document may be there, or of those before it be missing."""
        try:
            yield
        except BaseException:
            self._ended = f"been cancelled, as {path} could not be {done}"
            self._writer.cancel()
            raise

    def _usable(self) -> None:
        """Raise SettingsError after the end, IndexLocked in another process."""
        if os.getpid() != self._process:
            raise IndexLocked(
                f"this writer is that of process {self._process}, from which this one was forked: use it there, "
                "or get another with index.writer() when it has ended"
            )
        if self._ended:
            raise SettingsError(f"this writer has {self._ended}: get another with index.writer()")

    def __enter__(self) -> WriterContext:
        self._usable()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._usable()
            self._ended = "failed to commit"
            self._writer.commit()
            self._ended = "committed"
            self._committed()
        elif not self._ended and os.getpid() == self._process:
            self._ended = "been cancelled"
            self._writer.cancel()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a writer holds the lock of its index and cannot be pickled or copied: get one where it is used"
        )


def _check(document: Any) -> None:
    """Raise SettingsError for what is no document, or has what is none of its kind."""
    if not isinstance(document, Document):
        raise refused("document", document, _A_DOCUMENT)
    if not text("the path of a document", document.path):
        raise SettingsError("the path of a document is empty: give a name of its own, as in Document('notes/1', …)")
    named = f"of {document.path}"
    for name in ("text", "title", "type", "language", "digest"):
        text(f"the {name} {named}", getattr(document, name))
    whole(f"the line {named}", document.line)
    if not isinstance(document.metadata, Mapping):
        raise refused(f"metadata {named}", document.metadata, "a dict")
    for key in document.metadata:
        text(f"a key of the metadata {named}", key)
    if document.blocks is not None:
        _check_blocks(document, named)


def _check_blocks(document: Document, named: str) -> None:
    at = 0
    if not isinstance(document.blocks, tuple):
        raise refused(f"blocks {named}", document.blocks, "a tuple of searchlib.Block, or None")
    for block in document.blocks:
        if not isinstance(block, Block):
            raise refused(f"a block {named}", block, "a searchlib.Block, as in Block(0, 10)")
        for end in (block.start, block.end):
            whole(f"the range of a block {named}", end)
        if not at <= block.start <= block.end <= len(document.text):
            raise SettingsError(
                f"block {block.start} to {block.end} {named} is not in its text, or not after the block before: "
                "give ranges of the text, in order, that do not overlap"
            )
        if not isinstance(block.locators, tuple):
            raise refused(f"the locators of a block {named}", block.locators, "a tuple of searchlib.Locator")
        for locator in block.locators:
            problem = problem_of(locator)
            if problem:
                raise SettingsError(f"a locator {named} {problem}")
        at = block.end


def _as_kept(document: Document) -> Document:
    """The document with metadata as they are held, and with its title for a text if it has no other."""
    if not is_plain(document.metadata):
        metadata, refused = held(document.metadata)
        for key in refused:
            given = document.metadata.get(key, "a value in a mapping")
            what = "give text, a number, true or false, a date, or a list of them"
            raise SettingsError(f"metadata {key!r} of {document.path} is {given!r}: {what}")
        document = replace(document, metadata=metadata)
    if document.title.strip() and not document.text.strip():
        document = replace(document, text=document.title, blocks=None)
    return document
