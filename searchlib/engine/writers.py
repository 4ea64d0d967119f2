"""Writers, what an index remembers of its seeds, and the engine that opens either."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from searchlib.errors import SettingsError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from searchlib.engine.locations import Location
    from searchlib.engine.readers import Reader
    from searchlib.model.records import Document, Record


@frozen
class DocumentState:
    """What an index knows of a document, to tell whether it changed: digests are hexadecimal."""

    path: str
    digest: str
    seed: str


@frozen
class Remembered:
    """What a generation of an index remembers of where it came from.

    ``settings`` are those it was built with, ``sources`` the names of its roots and the patterns. ``generation`` is 0
    where there is nothing yet, ``digest`` "" where the engine has none.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    generation: int = 0
    digest: str = ""
    seeds_of: Callable[[], dict[str, str]] = field(default=dict, repr=False, compare=False)

    @property
    def seeds(self) -> dict[str, str]:
        """The digest of each seed by its name, read anew."""
        return self.seeds_of()


@frozen
class Committed:
    """What a commit left: how many paragraphs there are, and the documents that were added and have none.

    ``kept`` is how many documents were taken over from an index that was not built upon, ``lost`` which ones could not
    be, each with the reason.
    """

    paragraphs: int
    empty: frozenset[str] = frozenset()
    kept: int = 0
    lost: tuple[tuple[str, str], ...] = ()


@frozen
class WriterOptions:
    """All that can be said of a writer when it is opened.

    It works in so many ``processes`` and bytes of ``memory``, as the engine thinks best where they are None, and waits
    ``wait`` seconds for another writer. ``settings`` and ``sources`` are remembered; None: those of before.

    With ``repair`` an index that is damaged, or of a format that is not known, is not built upon, nor is one that is
    ``distrusted`` for a reason; only documents that no seed has are taken over from it, where they can be read.
    Without, it is an error. ``thorough`` has all of it compared before.

    ``passed`` is told, while a large document is added, which share of it has been. ``tuning`` is the engine's
    own, and shows in nothing that can be read from the index.
    """

    processes: int | None = None
    memory: int | None = None
    settings: Mapping[str, Any] | None = None
    sources: Mapping[str, Sequence[str]] | None = None
    wait: float = 0
    repair: bool = False
    distrusted: str = ""
    thorough: bool = False
    passed: Callable[[float], None] = lambda share: None
    tuning: object = None


def refuse_segmenters(location: Location, options: WriterOptions) -> None:
    """Raise SettingsError where words of segmenters are asked of an engine that keeps none."""
    if options.settings is not None and options.settings.get("segment"):
        raise SettingsError(
            f"{location} keeps pairs of characters, and no words of segmenters: leave segment out, or use a folder"
        )


class Writer(Protocol):
    """Makes the next generation of an index. Nothing shows until ``commit``. Not for several threads at once."""

    @property
    def before(self) -> Remembered:
        """What the generation that this one builds upon remembers."""

    @property
    def damage(self) -> str:
        """What is wrong with the index there, so that this builds upon nothing; "" if it is sound."""

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the generation that this one builds upon."""

    def start_over(self) -> None:
        """Build upon nothing: of the documents of the index so far only those that no seed has are taken over."""

    def has_added(self, path: str) -> bool:
        """Whether a document of this path was added by this writer."""

    def add(self, document: Document, *, seed: str = "", digest: str = "", default_language: str = ...) -> None:
        """Add a document, in place of any of the same path; ``default_language`` is its language if in doubt."""

    def add_records(self, records: Sequence[Record], state: DocumentState) -> None:
        """Add a document by its records, which another index has, in place of any of the same path."""

    def remove(self, path: str) -> None:
        """Remove a document; removing what is not there is no error."""

    def commit(self, seeds: Mapping[str, str] | None = None, *, compact: bool = False) -> Committed:
        """Publish all of it at once, as ``compact`` as can be.

        ``seeds`` are the digests of all seeds that it is of; None: those of before, without those whose documents were
        touched, which the next update looks at again.
        """

    def cancel(self) -> None:
        """Forget all of it and leave nothing behind."""


class Engine(Protocol):
    """The functions of a module that opens indexes; a location is a folder, a URL of its scheme, or `JointLocation`."""

    def open_reader(self, location: Location, /, compiled: bool | None = None) -> Reader:
        """The newest generation. For ``compiled`` see ``searchlib.open``."""

    def open_writer(self, location: Location, /, options: WriterOptions | None = None) -> Writer:
        """The right to write the index, which need not exist."""

    def remembered(self, location: Location, /) -> Remembered:
        """What the newest generation remembers. Raises IndexMissing, IndexCorrupt, IndexIncompatible."""

    def published_at(self, location: Location, /) -> int:
        """When the index was last published, in nanoseconds since 1970; 0 if it never was."""
