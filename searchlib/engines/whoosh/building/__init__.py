"""Building: documents are inverted into runs (``inversion``), runs and segments merged (``merging``)."""
