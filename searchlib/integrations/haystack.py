"""A retriever for Haystack: ``SearchlibRetriever("indexes/default", top_k=5).run(query="defense industry")``.

A component: it stands in pipelines, is written to YAML with the place of its index (to read that, Haystack is told
``allowed_modules=["searchlib.integrations.haystack"]``), and runs asynchronously in another thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from haystack import Document, component, default_from_dict, default_to_dict
from haystack.errors import FilterError

from searchlib.api.asynchronous import in_thread
from searchlib.errors import SettingsError
from searchlib.guards.arguments import StrPath
from searchlib.integrations.carrying import carried, field_of, opened
from searchlib.integrations.conditions import condition, joined

if TYPE_CHECKING:
    from searchlib import Index

_ORDERED = (">", ">=", "<", "<=")


@component
class SearchlibRetriever:
    """The best paragraphs of an index, as Haystack's documents; `searchlib.integrations.carrying` has their metadata.

    ``index`` is an open `searchlib.Index`, or where it is; ``top_k`` how many hits; ``filters`` are Haystack's or a
    filter of searchlib's, and those of a run take the place of these; ``search`` has further arguments of
    `searchlib.Index.search`.
    """

    def __init__(
        self,
        index: Index | StrPath | Sequence[StrPath],
        top_k: int = 10,
        filters: Any = None,
        search: dict[str, Any] | None = None,
    ) -> None:
        if top_k <= 0:
            raise ValueError(f"top_k must be greater than 0, but got {top_k}")
        self._index = opened(index)
        self.top_k = top_k
        self.filters = filters
        self.search = search or {}

    def to_dict(self) -> dict[str, Any]:
        """What Haystack writes to YAML: the index by its place."""
        path = [str(one) for one in at] if isinstance(at := self._index.path, tuple) else str(at)
        arguments = {"index": path, "top_k": self.top_k, "filters": self.filters, "search": self.search}
        made: dict[str, Any] = default_to_dict(self, **arguments)
        return made

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SearchlibRetriever:
        """The component that `to_dict` wrote."""
        made: SearchlibRetriever = default_from_dict(cls, data)
        return made

    @component.output_types(documents=list[Document])
    def run(self, query: str, filters: Any = None, top_k: int | None = None) -> dict[str, list[Document]]:
        """The documents of a query."""
        filter = translated(self.filters if filters is None else filters, self._index)
        results = self._index.search(query, top_k or self.top_k, filter=filter, **self.search)
        return {
            "documents": [Document(id=hit.id, content=hit.text, meta=carried(hit), score=hit.score) for hit in results]
        }

    @component.output_types(documents=list[Document])
    async def run_async(self, query: str, filters: Any = None, top_k: int | None = None) -> dict[str, list[Document]]:
        """The same in a thread: the loop goes on, and the search is given up if this is cancelled."""
        return await in_thread(None, self.run, query, filters, top_k)


class RefusedFilter(FilterError, SettingsError):
    """A filter that Haystack does not have, or searchlib cannot answer."""


def translated(given: Any, index: Index) -> Any:
    """A filter of Haystack's as one of searchlib's, which it may be already. Raises RefusedFilter."""
    if not isinstance(given, Mapping) or not {"operator", "conditions", "field"} & given.keys():
        return given or None
    try:
        if "field" not in given:
            return joined(str(given["operator"]), [translated(one, index) for one in given["conditions"]])
        return _condition(str(given["field"]).removeprefix("meta."), str(given["operator"]), given["value"], index)
    except KeyError as missing:
        raise RefusedFilter(f"the filter {dict(given)} has no {missing}: give it") from None
    except SettingsError as error:
        raise RefusedFilter(str(error)) from None


def _condition(field: str, operator: str, value: Any, index: Index) -> Any:
    if operator in _ORDERED and not _has_order(value):
        raise SettingsError(f"the filter by {field} compares with {value!r}: give a number, or a date in ISO 8601")
    if operator in ("in", "not in") and not isinstance(value, list):
        raise SettingsError(f"the filter by {field} looks in {value!r}: give a list")
    return condition(field_of(field, index), operator, value)


def _has_order(value: Any) -> bool:
    """Whether Haystack compares a value by more and less; None is less and more than nothing."""
    if not isinstance(value, str):
        return value is None or isinstance(value, (int, float, date))
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
