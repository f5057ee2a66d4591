"""The journal: one line per published checkpoint, in a file outside the database.

It protects against one thing: a restored backup of the database that would be sealed a second time from an
older state. The sealer reads the last line before it seals, and stops when the database has less.

It does not protect against whoever can write both the database and this file: it is not signed by anyone
else, nobody else has seen it, and restoring the whole machine brings back an old database and an old journal
together. Keep it on another disk than the database; witnesses and public anchors do the rest.
"""
