"""How fast the real thing is on this machine, each figure beside a limit measured in the same run.

Every measurement runs the real code against a private, durable PostgreSQL that is thrown away afterwards. A
limit is the part of the work nobody can leave out (hashing, signing, COPY of the same rows), done alone.
"""
