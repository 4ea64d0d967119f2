"""Queries: the language that people type, and the nodes that it becomes."""

from searchlib.query.language import DEFAULT_FIELDS, Parsed, parse
from searchlib.query.mistakes import QueryWarning
from searchlib.query.nodes import Node
from searchlib.query.unparsing import write

__all__ = ["DEFAULT_FIELDS", "Node", "Parsed", "QueryWarning", "parse", "write"]
