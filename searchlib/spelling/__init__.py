"""Spelling: what a query may have been meant to be, and how a word that was begun may go on.

Both go by the words of the documents as they are written (``searchlib.engine.readers.Words``), and know nothing of how
an engine keeps them. `suggestion` replaces the words of a query that do not occur, `corrections` knows by what,
`completion` completes the last word of a text.
"""

from searchlib.spelling.completion import Completion, complete
from searchlib.spelling.suggestion import suggest

__all__ = ["Completion", "complete", "suggest"]
