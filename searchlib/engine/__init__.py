"""The seam: what an engine gives the API, whatever it keeps its records in and wherever that is.

* An *engine* is a module with the functions of `Engine`, which open what is at a location.
* A *reader* answers a `Request` with an `Answer`, in one go, as over a wire; records, contexts and words are asked for
  in batches (``readers``). A *writer* makes the next generation of an index, whole or not at all (``writers``).
* A *handle* names a record within one open reader; it carries the id of the paragraph, and means nothing elsewhere.
* Some things an engine *may* offer: `Digested`, `Verifiable`.

Engines live under ``searchlib.engines``, and ``searchlib.engine.locations`` chooses one; nothing above knows how they
store anything.
"""
