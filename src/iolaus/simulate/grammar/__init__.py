"""Word lists and frames from which every text of a world is made."""
