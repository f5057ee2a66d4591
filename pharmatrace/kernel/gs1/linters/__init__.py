"""The finer checks of the GS1 Barcode Syntax Dictionary ("linters"), one function each: what is wrong
with a component's text and where, or None. `registry` knows them by the names the dictionary uses.
"""
