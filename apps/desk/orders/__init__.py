"""Orders: what a customer wants, read from a table or typed, and shipped from by scanning."""
