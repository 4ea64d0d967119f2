"""From a document to its paragraphs: ``split`` (or ``places``, for many), and the sentences snippets are made of."""

from searchlib.analysis.sentences import sentences
from searchlib.paragraphs.split import Places, places, split
from searchlib.paragraphs.titles import title_line

__all__ = ["Places", "places", "sentences", "split", "title_line"]
