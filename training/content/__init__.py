"""What made src/iolaus/data/content.npz: texts, the command that trains on them, and the command that tests it."""
