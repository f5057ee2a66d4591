"""GS1 identifiers and the carriers they travel in: element strings, Digital Links, EPC URNs."""
