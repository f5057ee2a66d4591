"""OpenTimestamps: calendars gather hashes and put one for all into Bitcoin.

A proof is pending at first, for hours; then it is completed with the way into a block. It protects against an
operator that makes up an older history, and against a time-stamp authority that helps it: a block's time cannot
be had for money. It does not show that no other history was stamped as well.
"""
