"""A retriever for LangChain: ``SearchlibRetriever(index="indexes/default", k=5).invoke("defense industry")``.

Queries are in the query language; what is typed is never refused, unless it asks for more than the limits. Filters are
searchlib's, or in the way of LangChain's vector stores: ``{"year": {"$gte": 1990}, "$or": [{…}, {…}]}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from searchlib.api.asynchronous import in_thread
from searchlib.integrations.carrying import carried, field_of, opened
from searchlib.integrations.conditions import condition, joined

if TYPE_CHECKING:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun

    from searchlib import Index


class SearchlibRetriever(BaseRetriever):
    """The best paragraphs of an index, as LangChain's documents; `searchlib.integrations.carrying` has their metadata.

    ``index`` is an open `searchlib.Index`, or where it is; ``k`` how many hits, and ``filter`` which; ``per_document``
    how many a document may have; ``search`` has further arguments of `searchlib.Index.search`. ``k`` and ``filter`` may
    be given to ``invoke`` too. Asked asynchronously, it searches in another thread.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Any
    k: int = Field(default=10, ge=1)
    filter: Any = None
    per_document: int | None = None
    search: Mapping[str, Any] = Field(default_factory=dict)
    _opened: Any = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:
        """Open the index: what is wrong with it is told here."""
        super().model_post_init(context)
        self._opened = opened(self.index)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, filter: Any = None
    ) -> list[Document]:
        return self._found(query, k, filter)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None, filter: Any = None
    ) -> list[Document]:
        return await in_thread(None, self._found, query, k, filter)

    def _found(self, query: str, k: int | None, filter: Any) -> list[Document]:
        index: Index = self._opened
        filters = [translated(one, index) for one in (self.filter, filter) if one is not None]
        results = index.search(
            query, k or self.k, filter=filters or None, per_document=self.per_document, **self.search
        )
        return [Document(id=hit.id, page_content=hit.text, metadata=carried(hit)) for hit in results]


def translated(given: Any, index: Index) -> Any:
    """A filter of LangChain's as one of searchlib's, which it may be already."""
    if not isinstance(given, Mapping):
        return given
    found = []
    for name, value in given.items():
        if name in ("$and", "$or", "$not"):
            inner = value if isinstance(value, list) else [value]
            found.append(joined(name, (translated(one, index) for one in inner)))
        elif isinstance(value, Mapping):
            found += [condition(field_of(name, index), operator, one) for operator, one in value.items()]
        else:
            found.append({field_of(name, index): value})
    return found[0] if len(found) == 1 else found
