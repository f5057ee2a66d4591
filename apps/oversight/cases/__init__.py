"""Case files: opened, filled, written into one archive that verifies without us."""
