from __future__ import annotations

from datetime import datetime

from apps.parties.models import Scanner
from pharmatrace.kernel.gs1.calibration import Calibration


def calibrate_scanner(*, scanner: Scanner, calibration: Calibration, at: datetime) -> None:
    """What the newest reference scan showed takes the place of what was known."""
    scanner.calibration = calibration.to_json()
    scanner.calibrated_at = at
    scanner.save(update_fields=["calibration", "calibrated_at"])
