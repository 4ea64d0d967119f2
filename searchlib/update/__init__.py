"""Bringing an index up to date with its seeds, and telling how the two differ."""
