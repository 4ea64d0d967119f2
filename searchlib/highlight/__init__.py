"""Highlights: what of a text made it match, and which part of it to show."""

from searchlib.highlight.highlighting import Highlighter
from searchlib.highlight.matching import FieldTokens, Match, match
from searchlib.highlight.snippets import Fragment, Snippet, snippet, whole
from searchlib.highlight.spans import Highlights

__all__ = [
    "FieldTokens",
    "Fragment",
    "Highlighter",
    "Highlights",
    "Match",
    "Snippet",
    "match",
    "snippet",
    "whole",
]
