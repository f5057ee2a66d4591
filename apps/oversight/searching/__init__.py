"""One box for everything: what was typed, read in every way it can be meant, and looked up by index."""
