"""Queries: the language that people type, and the nodes that it becomes."""

from searchlib.query.language import DEFAULT_FIELDS, Parsed, parse
from searchlib.query.mistakes import QueryWarning
from searchlib.query.nodes import Word, WordPhrase

__all__ = ["DEFAULT_FIELDS", "Parsed", "QueryWarning", "Word", "WordPhrase", "parse"]
