"""Who holds which package, and who may do what with it.

`act_of` reads what an EPCIS event means, `decide` says what it changes or every rule it breaks. Both are
pure: the states and the world come in as values, the new states go out as values.
"""
