"""From files to documents: which files there are (``walk``), and what is in them (``load``).

The loaders are in packages by what they read: ``markup``, ``office``, ``pdf``, ``tables``, and ``holders`` of other
files.
"""

from searchlib.documents.load import Report, Skipped, load
from searchlib.documents.registry import Loader, register, suffixes
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Content, KnownRows, LoadOptions, Seed, SeedFile, digest
from searchlib.documents.walk import walk
from searchlib.files.roots import Root, root_of, roots_of

__all__ = [
    "Content",
    "KnownRows",
    "LoadOptions",
    "Loader",
    "Report",
    "Root",
    "Seed",
    "SeedFile",
    "Skipped",
    "digest",
    "load",
    "register",
    "root_of",
    "roots_of",
    "sandboxed",
    "suffixes",
    "walk",
]
