"""The seam: what an engine gives the API, whatever it keeps its records in and wherever that is.

* An *engine* is a module with the functions of `Engine`, which open what is at a location.
* A *reader* answers a `Request` with an `Answer`, in one go, as over a wire; records, contexts and words are asked for
  in batches (``readers``). A *writer* makes the next generation of an index, whole or not at all (``writers``).
* A *handle* names a record within one open reader; it carries the id of the paragraph, and means nothing elsewhere.
* Some things an engine *may* offer: `Digested`, `Verifiable`.

Engines live under ``searchlib.engines``, and ``searchlib.engine.locations`` chooses one; nothing above knows how they
store anything.
"""

from searchlib.engine.answers import Answer, Facet, FacetCount, Handle, Ranked
from searchlib.engine.figures import Problem, Stats
from searchlib.engine.readers import Digested, NearWord, OpensWhoosh, Reader, Verifiable, Words
from searchlib.engine.requests import DOCUMENT, RELEVANCE, Request, SortKey
from searchlib.engine.writers import Committed, DocumentState, Engine, Remembered, Writer

__all__ = [
    "DOCUMENT",
    "RELEVANCE",
    "Answer",
    "Committed",
    "Digested",
    "DocumentState",
    "Engine",
    "Facet",
    "FacetCount",
    "Handle",
    "NearWord",
    "OpensWhoosh",
    "Problem",
    "Ranked",
    "Reader",
    "Remembered",
    "Request",
    "SortKey",
    "Stats",
    "Verifiable",
    "Words",
    "Writer",
]
