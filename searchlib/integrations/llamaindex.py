"""A retriever for LlamaIndex: ``SearchlibRetriever("indexes/default").retrieve("defense industry")``.

Each node is a paragraph, with its true range in the text of its document, and that document as its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters

from searchlib.api.asynchronous import in_thread
from searchlib.guards.arguments import StrPath
from searchlib.integrations.carrying import carried, field_of, opened
from searchlib.integrations.conditions import condition, joined
from searchlib.search.filtering import NoneOf

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
        index: Index | StrPath | Sequence[StrPath],
        similarity_top_k: int = 10,
        filters: MetadataFilters | Any = None,
        *,
        callback_manager: Any = None,
        **search: Any,
    ) -> None:
        self._index = opened(index)
        self._top_k = similarity_top_k
        self._filters = filters
        self._search = search
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        filter = translated(self._filters, self._index)
        results = self._index.search(query_bundle.query_str, self._top_k, filter=filter, **self._search)
        return list(map(_node, results))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await in_thread(None, self._retrieve, query_bundle)


def translated(given: MetadataFilters | Any, index: Index) -> Any:
    """A filter of LlamaIndex's as one of searchlib's, which it may be already."""
    if isinstance(given, MetadataFilters):
        filters = [translated(one, index) for one in given.filters]
        if given.condition is FilterCondition.NOT:  # none of them, where others mean: not all of them
            return NoneOf(tuple(filters))
        return joined(given.condition.value if given.condition else "and", filters)
    if not isinstance(given, MetadataFilter):
        return given
    field = field_of(given.key, index)
    if given.operator in (FilterOperator.TEXT_MATCH, FilterOperator.TEXT_MATCH_INSENSITIVE):
        from searchlib.query.lexer import literal

        return f"{field}:{literal(str(given.value))}"
    return condition(field, given.operator.value, given.value)


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
