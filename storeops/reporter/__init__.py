"""What a report says, and one renderer per medium; nothing here computes a figure."""
