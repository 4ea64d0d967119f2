"""The engines: an adapter each, imported only where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from benchmarks.corpus import BenchmarkError, Corpus
from benchmarks.engines.base import Engine

ONE_PROCESS = "searchlib-1"
"""searchlib, building with one process: measured for its build only."""

COMPILED = "searchlib-compiled"
"""searchlib, searching by compiled code the index that searchlib built."""

_ADAPTERS = {
    "searchlib": ("benchmarks.engines.ours", "Searchlib", "searchlib"),
    COMPILED: ("benchmarks.engines.ours", "Searchlib", "numba"),
    ONE_PROCESS: ("benchmarks.engines.ours", "Searchlib", "searchlib"),
    "tantivy": ("benchmarks.engines.tantivy_engine", "Tantivy", "tantivy"),
    "fts5": ("benchmarks.engines.fts5", "FTS5", "sqlite3"),
    "bm25s": ("benchmarks.engines.bm25s_engine", "BM25S", "bm25s"),
    "whoosh": ("benchmarks.engines.stock_whoosh", "StockWhoosh", "whoosh"),
}

NAMES: Sequence[str] = tuple(_ADAPTERS)
REFERENCE = "searchlib"
"""Whose answers those of the others are compared with, after they were compared with brute force."""


def index_of(name: str) -> str:
    """The engine whose index an engine searches."""
    return REFERENCE if name == COMPILED else name


def create(name: str, corpus: Corpus) -> Engine:
    """The adapter of an engine; what its package has to import is imported."""
    module, kind, _ = _ADAPTERS[name]
    every: dict[str, dict[str, int]] = {
        REFERENCE: {"compiled": False},  # not because something else has imported numba
        ONE_PROCESS: {"processes": 1},
        COMPILED: {"compiled": True},
    }
    options = every.get(name, {})
    made: Engine = getattr(import_module(module), kind)(corpus, **options)
    return made


def choose(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those of the engines that are installed, and a note for each that is not."""
    unknown = [name for name in names if name not in _ADAPTERS]
    if unknown:
        raise BenchmarkError(f"There is no engine {unknown[0]}. There are: {', '.join(NAMES)}.")
    found, notes = [], []
    for name in names:
        package = _ADAPTERS[name][2]
        if find_spec(package) is None:
            notes.append(f"{name} is left out: the package {package} is not installed (pip install --group bench).")
        elif name == "fts5" and not _has_fts5():
            notes.append("fts5 is left out: this Python's SQLite was built without FTS5.")
        else:
            found.append(name)
    return found, notes


def _has_fts5() -> bool:
    import sqlite3

    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE there USING fts5(text)")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True
