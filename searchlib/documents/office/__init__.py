"""What word processors, spreadsheets and presentations write."""
