"""Scan sessions: scans gather, wrong ones come off, one signature records what is left."""
