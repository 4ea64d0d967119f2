"""Files that hold others: archives and mail."""
