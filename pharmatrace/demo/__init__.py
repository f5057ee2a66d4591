"""A realistic supply chain to look at: real figures, invented people.

`batches` is the table, `cast` who plays, `story` what happens to one batch, `telling` puts it through the
capture door, `incidents` is what goes wrong, `trickle` keeps it moving afterwards.
"""
