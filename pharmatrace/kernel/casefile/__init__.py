"""Case files: an archive of evidence and notes, signed by the authority that collected them (docs/formats.md)."""
