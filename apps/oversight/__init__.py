"""The regulator's floor: search, routes, reach of recalls, case files, exports, and who looked at what."""
