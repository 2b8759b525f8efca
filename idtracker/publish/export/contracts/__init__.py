"""What describes an export for others: Croissant for those who learn from data, open data contracts for those who rely on them."""
