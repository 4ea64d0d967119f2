"""From a document to its paragraphs: ``split`` and the sentence finder that it shares with snippets."""

from searchlib.paragraphs.sentences import sentences
from searchlib.paragraphs.split import split
from searchlib.paragraphs.titles import title_line

__all__ = ["sentences", "split", "title_line"]
