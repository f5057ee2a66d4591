"""Who may open which address, on one screen. An address without a row fails the walk.

The desk's pages have their rows in tests/desk/test_roles.py, by the letters m (manufacturer), d (distributor),
p (pharmacy), r (regulator). Here are the rest.
"""

from __future__ import annotations

from tests.desk import test_roles as desk
from tests.walks import administration, authority
from tests.walks.names import SHARD_FILES
from tests.walks.rows import ALL, ROLES, Row, for_everybody

MACHINES = Row(stranger=401)  # a token, or a session of somebody with an organisation

OTHERS: dict[str, Row] = {
    # the public pages
    **dict.fromkeys(("verify:ask", "verify:link", "verify:evidence", "verify:certificate", "verify:offline", "verify:qr", "explorer:ledger", "explorer:checkpoint", "explorer:entry",
                     "explorer:growth", "parties:did", "api-docs", "api-schema", "verify:leaflet", "verify:leaflet-pdf",
                     "verify:report", "verify:report-ask", "verify:report-state", "verify:resolver"), for_everybody()),
    "verify:event-evidence": Row("mr", no=404, nobody=404, stranger=404),  # whose event it is, and regulators
    "login": Row(yes=302, nobody=302, stranger=200),  # who is in is led home
    # the public log and its witnesses
    **dict.fromkeys(("ledger:checkpoint", "ledger:checkpoint-of-size", "ledger:checkpoints", "ledger:key",
                     "ledger:description", "ledger:tile", "ledger:proof", "ledger:consistency",
                     "ledger:growth-receipt", "ledger:receipt", "log-description", "witness:keys",
                     "anchors:of-size"), for_everybody()),
    **dict.fromkeys(("anchors:newest", "anchors:proof", "witness:checkpoint"), for_everybody(404)),  # nothing was asked of us yet
    "ledger:keys": for_everybody(),
    # of later shards there are none yet
    **dict.fromkeys((f"ledger:shard:{name}" for name in SHARD_FILES), for_everybody(404)),
    **dict.fromkeys(("shard-anchors:newest", "shard-anchors:of-size", "shard-anchors:proof"), for_everybody(404)),
    **dict.fromkeys(("witness:add-checkpoint", "witness:add-key"), for_everybody(405)),
    # health
    **dict.fromkeys(("health", "health-anchors", "health-sealing", "health-witnesses"), for_everybody()),
    "health-audit": for_everybody(500),  # nothing was audited yet
    # what is only sent to
    **dict.fromkeys(("logout", "verify:frame", "verify:photo"), for_everybody(405)),
    "set_language": for_everybody(302),  # back to where one was, with nothing changed
    "choose_membership": Row(yes=405, nobody=405),
    "capture": Row(yes=405, nobody=403, stranger=401),
}  # fmt: skip


def rows() -> dict[str, Row]:
    """Every address with its row: the desk's, and the others."""
    found = OTHERS | administration.ROWS | authority.ROWS
    for name, may in desk.WHO_MAY_OPEN.items():
        roles = ROLES[:2] if name in desk.RECORDING else ROLES
        found[f"desk:{name}"] = for_everybody() if name in desk.PUBLIC else Row(may, roles)
    for name, may in desk.POST_ONLY.items():
        roles = ROLES if name in desk.VIEWERS_TOO else ROLES[:2]
        found[f"desk:{name}"] = Row(may, roles, yes=405)
    for name in ("session", "session-lines", "session-review", "order"):  # Mia's
        row = found[f"desk:{name}"]
        others = dict.fromkeys("dp", 404)
        found[f"desk:{name}"] = Row("mdp", row.roles, but=others)
    for name in desk.NOT_PETRAS:
        found[f"desk:{name}"] = Row(ALL, but={"p": 404})
    return found
