"""Time-stamp authorities (RFC 3161): each signs, with its clock, that the checkpoint was there.

It protects against an operator that makes up an older history: no authority under a pinned root signs a time that
has passed. It does not show that no other history was stamped as well; that is what witnesses are for.
"""
