"""What a signature recorded, said to people."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.desk.models import ScanSession
from apps.desk.sessions.work import WORKS


def told(session: ScanSession) -> str:
    """Of a signed session."""
    result = session.result
    recorded = result["recorded"]
    parts = [
        ngettext("%(n)s package %(done)s", "%(n)s packages %(done)s", recorded)
        % {"n": f"{recorded:,}", "done": WORKS[session.kind].done}
    ]
    if result["refused"]:
        parts.append(_("%(n)s refused") % {"n": result["refused"]})
    if result["already"]:
        parts.append(
            _("%(n)s were recorded already by a colleague; nothing is recorded twice")
            % {"n": result["already"]}
        )
    if result["missing"]:
        parts.append(_("%(n)s missing and still on the way") % {"n": len(result["missing"])})
    return ", ".join(parts) + "."
