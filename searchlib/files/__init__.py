"""Files that may come from a stranger: opened without following, read up to a limit, looked at cheaply."""
