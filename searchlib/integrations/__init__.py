"""searchlib in other people's libraries: a retriever for each, in a module named as the library is.

``langchain``, ``llamaindex`` and ``haystack`` import their library, and nothing else of searchlib imports them. What a
hit carries into all of them is said in `carrying`, and what their filters mean in `conditions`.
"""
