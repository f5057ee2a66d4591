"""The authority's pages, and the search for everybody who is signed in."""
