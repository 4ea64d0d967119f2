"""searchlib finds the paragraph, and can prove where it came from.

What has a name here is imported when it is first asked for: a command that prints its help needs none of it.
"""

from typing import TYPE_CHECKING

from searchlib.concurrency.lazily import names_in

if TYPE_CHECKING:
    from searchlib.api import AsyncIndex, Index, aopen, build, copy, diff, open
    from searchlib.citing import Citation
    from searchlib.errors import (
        IndexCorrupt,
        IndexIncompatible,
        IndexLocked,
        IndexMissing,
        IndexProblem,
        IndexReadOnly,
        IndexUnreadable,
        MissingExtra,
        ParagraphNotFound,
        QueryError,
        QueryTimeout,
        SearchlibError,
        SeedError,
        SettingsError,
    )
    from searchlib.guards.limits import Limits
    from searchlib.model.locators import Locator
    from searchlib.model.records import Block, Document, DocumentInfo, Paragraph, Record
    from searchlib.search.hits import Hit, Results

__version__ = "0.1.0"

__all__ = [
    "AsyncIndex",
    "Block",
    "Citation",
    "Document",
    "DocumentInfo",
    "Hit",
    "Index",
    "IndexCorrupt",
    "IndexIncompatible",
    "IndexLocked",
    "IndexMissing",
    "IndexProblem",
    "IndexReadOnly",
    "IndexUnreadable",
    "Limits",
    "Locator",
    "MissingExtra",
    "Paragraph",
    "ParagraphNotFound",
    "QueryError",
    "QueryTimeout",
    "Record",
    "Results",
    "SearchlibError",
    "SeedError",
    "SettingsError",
    "__version__",
    "aopen",
    "build",
    "copy",
    "diff",
    "open",
]

__getattr__, __dir__ = names_in(
    __name__, ("errors", "model.records", "model.locators", "guards.limits", "citing", "search.hits", "api")
)
