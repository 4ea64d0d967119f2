"""What travels through searchlib: documents, paragraphs, records and their fields, and how they are ranked."""
