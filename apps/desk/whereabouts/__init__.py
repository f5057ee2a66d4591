"""Where a maker's packs are, by kind of holder and country: counted in the background, so that no page waits for it.

A maker is told how many packs pharmacies in Spain hold, not which pharmacy (DESIGN §6): names come with a recall.
"""

from __future__ import annotations
