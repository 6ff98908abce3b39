"""State and commands of each page (QtCore only, no widgets)."""
