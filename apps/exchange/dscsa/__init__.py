"""The US Drug Supply Chain Security Act: transaction information and statement of a shipment (21 USC 360eee)."""

from __future__ import annotations
