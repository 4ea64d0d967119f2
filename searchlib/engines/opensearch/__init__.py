"""OpenSearch as an engine: records in an index of a cluster, found by its shards, ranked and shown as everywhere else.

* A location is ``https://host:port/name``; *name* is an alias, which leads to the index of the newest *generation*.
* The index of a generation never changes once it is published. The next one begins as a clone of it, which shares its
  files, or empty; the alias is moved to it when it is whole (``clusterwriter``).
* An *entry* is a document of OpenSearch: a record, what is known of a document or of a seed, or a word (``entries``).
* Terms are searchlib's own, made here and only split there (``entryfields``); queries are compiled to its language
  (``compiling``, ``scoring``), with scores by the formula of ``searchlib.model.ranking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.engines.opensearch.cluster import Cluster
from searchlib.engines.opensearch.generations import newest
from searchlib.engines.opensearch.generations import remembered as _remembered
from searchlib.errors import IndexMissing

if TYPE_CHECKING:
    from pathlib import Path

    from searchlib.engine.writers import Remembered, WriterOptions
    from searchlib.engines.opensearch.clusterreader import OpenSearchReader
    from searchlib.engines.opensearch.clusterwriter import OpenSearchWriter


def open_reader(location: Path | str, compiled: bool | None = None) -> OpenSearchReader:
    """The newest generation. ``compiled`` says nothing here."""
    from searchlib.engines.opensearch.clusterreader import OpenSearchReader

    cluster = Cluster(str(location))
    return OpenSearchReader(cluster, newest(cluster))


def open_writer(location: Path | str, options: WriterOptions | None = None) -> OpenSearchWriter:
    """What makes the next generation. Writers do not wait for another: the first that commits has written."""
    from searchlib.engine.writers import WriterOptions, refuse_segmenters
    from searchlib.engines.opensearch.clusterwriter import OpenSearchWriter

    options = options or WriterOptions()
    refuse_segmenters(location, options)
    return OpenSearchWriter(Cluster(str(location)), options)


def remembered(location: Path | str) -> Remembered:
    """What the newest generation remembers."""
    cluster = Cluster(str(location))
    return _remembered(cluster, newest(cluster))


def published_at(location: Path | str) -> int:
    """When the index was last published, in nanoseconds since 1970; 0 if it never was."""
    try:
        return newest(Cluster(str(location))).published
    except IndexMissing:
        return 0
