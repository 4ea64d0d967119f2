"""From the arguments of a search to its results and hits."""
