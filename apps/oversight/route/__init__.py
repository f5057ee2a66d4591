"""Where a package was: the journey, what is impossible about it, and its picture on a map."""
