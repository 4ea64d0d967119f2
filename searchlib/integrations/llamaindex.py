"""A retriever for LlamaIndex: ``SearchlibRetriever("indexes/default").retrieve("defense industry")``.

Each node is a paragraph, with its true range in the text of its document, and that document as its source.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters

from searchlib.integrations.carrying import carried, opened
from searchlib.integrations.conditions import condition, joined

if TYPE_CHECKING:
    from searchlib import Hit, Index

_HIDDEN = ["id", "score", "rank", "spans", "start", "end", "line", "paragraph", "language"]  # from models: numbers


class SearchlibRetriever(BaseRetriever):
    """The best paragraphs of an index, as LlamaIndex's nodes; `searchlib.integrations.carrying` has their metadata.

    ``index`` is an open `searchlib.Index`, or where it is; ``similarity_top_k`` how many hits; ``filters`` are
    LlamaIndex's or a filter of searchlib's; ``search`` are further arguments of `searchlib.Index.search`.
    """

    def __init__(
        self,
        index: Index | str | os.PathLike[str],
        similarity_top_k: int = 10,
        filters: MetadataFilters | Any = None,
        *,
        callback_manager: Any = None,
        **search: Any,
    ) -> None:
        self._index = opened(index)
        self._top_k = similarity_top_k
        self._filter = translated(filters)
        self._search = search
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        results = self._index.search(query_bundle.query_str, self._top_k, filter=self._filter, **self._search)
        return list(map(_node, results))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def translated(given: MetadataFilters | Any) -> Any:
    """A filter of LlamaIndex's as one of searchlib's, which it may be already."""
    if isinstance(given, MetadataFilters):
        return joined(given.condition.value if given.condition else "and", map(translated, given.filters))
    if not isinstance(given, MetadataFilter):
        return given
    if given.operator in (FilterOperator.TEXT_MATCH, FilterOperator.TEXT_MATCH_INSENSITIVE):
        from searchlib.query.lexer import literal

        return f"{given.key}:{literal(str(given.value))}"
    return condition(given.key, given.operator.value, given.value)


def _node(hit: Hit) -> NodeWithScore:
    node = TextNode(
        id_=hit.id,
        text=hit.text,
        metadata=carried(hit),
        start_char_idx=hit.paragraph.start,
        end_char_idx=hit.paragraph.end,
        excluded_embed_metadata_keys=_HIDDEN,
        excluded_llm_metadata_keys=_HIDDEN,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.document.path)},
    )
    return NodeWithScore(node=node, score=hit.score)
