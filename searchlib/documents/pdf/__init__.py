"""PDF: from what PDFium says of a page to paragraphs, and back to where words stand on it."""
