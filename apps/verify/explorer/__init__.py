"""The log as anybody may look at it: checkpoints, entries, and that the one grew from the other.

Knows bytes, not packages: nothing here tells what an entry is about.
"""
