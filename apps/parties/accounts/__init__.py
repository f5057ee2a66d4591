"""Accounts: signing in with password, passkey and second factor, by django-allauth, in our own words and pages.

`adapter` are the decisions allauth leaves to us, `forms` keep what browsers send from breaking it, `receivers` write
deeds and remember sign-ins, `second_factor` asks for one where an organisation wants it.
"""
