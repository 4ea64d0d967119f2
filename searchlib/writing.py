"""Adding and removing documents one by one, in a commit that is whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from searchlib.errors import SettingsError
from searchlib.records import TOO_BIG

if TYPE_CHECKING:
    from searchlib.engine import Writer
    from searchlib.records import Document


class WriterContext:
    """What ``index.writer()`` gives: commits at the end of the ``with``, cancels on any exception."""

    def __init__(self, writer: Writer, committed: Callable[[], object]) -> None:
        self._writer = writer
        self._committed = committed
        self._ended = False

    def add(self, document: Document) -> None:
        """Add a document, in place of any of the same path. Raises SettingsError for metadata that cannot be kept."""
        self._not_ended()
        for key, value in document.metadata.items():
            values = value if isinstance(value, tuple) else (value,)
            if not all(isinstance(one, (str, int, float, bool)) and _can_be_kept(one) for one in values):
                what = "give text, a number, true or false, or a tuple of them"
                raise SettingsError(f"metadata {key!r} of {document.path} is {value!r}: {what}")
        self._writer.add(document)

    def remove(self, path: str) -> None:
        """Remove the document of this path, if there is one."""
        self._not_ended()
        self._writer.remove(path)

    def _not_ended(self) -> None:
        if self._ended:
            raise SettingsError("this writer has committed: add and remove within its with, or get another writer")

    def __enter__(self) -> WriterContext:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        if kind is None:
            self._writer.commit()
            self._committed()
        else:
            self._writer.cancel()


def _can_be_kept(value: object) -> bool:
    """Whether a value, if it is a number, is one that a float can hold."""
    return not isinstance(value, int) or abs(value) < TOO_BIG
