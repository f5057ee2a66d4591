"""The tamper matrix. Each attack by its name, done twice: behind the back of the database, where `manage.py audit` must
name the place; and to what readers are given, where the verifier must name the check (docs/trust.md).

What a browser shows is forged in `tests/browser/test_forged_pages.py`, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from apps.anchors.models import Anchor
from apps.custody.models import CustodyEvent
from apps.ledger.audits import audit
from apps.ledger.exporting.export import export
from apps.ledger.exporting.targets import Folder
from apps.ledger.log_key import load_log_key
from apps.ledger.models import Checkpoint, Cosignature, Entry, Head, Statement, WitnessAlarm
from apps.ledger.selectors import latest_checkpoint, log_verifier
from apps.ledger.witnessing.asking import ask_witnesses
from apps.parties.signing import signer_for
from apps.verify.services import prove
from pharmatrace.kernel.__main__ import main as kernel
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.bundle import Bundle, read_bundle
from pharmatrace.kernel.evidence.statement import read_statement_unverified, sign_statement
from pharmatrace.kernel.evidence.verdict import verify_bundle
from pharmatrace.kernel.tlog import checkpoint as tree_head
from pharmatrace.kernel.tlog.base64text import from_base64, to_base64
from pharmatrace.kernel.tlog.note import sign_note
from pharmatrace.kernel.tlog.policy_reading import parse_policy
from pharmatrace.witness.keys import make_keys
from tests.custody.goods import Goods, package, uri
from tests.custody.test_tampering import behind_the_back, re_sign
from tests.ledger.witnesses import same_log_elsewhere, write_policy
from tests.witness.programs import witness

pytestmark = pytest.mark.django_db
Document = dict[str, Any]
LATER = datetime.now(UTC) + timedelta(hours=1)
"""The witnesses are programs: they have the true time, while the clock of these tests stands."""


@dataclass
class Scene:
    """A pack that went from Mia over Dan to Petra, and the regulator's bundle about it, as given out before."""

    bundle: Document
    vkey: str
    folder: Path
    mia: Any
    settings: Any

    @property
    def size(self) -> int:
        return Head.objects.get().size


@pytest.fixture
def scene(sold: Goods, mia: Any, tmp_path: Path, settings: Any) -> Scene:
    bundle = prove(package=package(uri("S0")), level="regulator")
    assert verify_bundle(bundle, log_vkey=log_verifier().vkey()).holds
    assert list(audit()) == []
    return Scene(json.loads(bundle), log_verifier().vkey(), tmp_path, mia, settings)


def event(kind: str) -> CustodyEvent:
    return CustodyEvent.objects.filter(kind=kind).order_by("id")[0]


# In the database. Each returns the place that the audit must name.


def change(scene: Scene) -> str:
    shipped = event(Kind.SHIP)
    behind_the_back("UPDATE custody_custodyevent SET reference = 'D9' WHERE id = %s", shipped.pk)
    return f"event {shipped.pk}"


def delete(scene: Scene) -> str:
    gone = event(Kind.RECEIVE)
    behind_the_back("DELETE FROM custody_custodyevent WHERE id = %s", gone.pk)
    return f"statement {gone.statement_id}"


def insert(scene: Scene) -> str:
    behind_the_back(
        "INSERT INTO ledger_statement (id, type, key_id, subject, cose, facts, leaves, commitment, signed_at)"
        " SELECT 900000, type, key_id, subject, cose, facts, leaves, sha256('x'), signed_at"
        " FROM ledger_statement WHERE id = %s",
        event(Kind.SHIP).statement_id,
    )
    return "statement 900000"


def swap(scene: Scene) -> str:
    a, b = (
        Entry.objects.get(statement_id=event(kind).statement_id) for kind in (Kind.SHIP, Kind.PACK)
    )
    for one, other in ((a, b), (b, a)):
        behind_the_back(
            'UPDATE ledger_entry SET data = %s, leaf = %s WHERE "index" = %s',
            bytes(other.data), bytes(other.leaf), one.index,
        )  # fmt: skip
    return f"statement {a.statement_id} (entry {a.index})"


def reorder(scene: Scene) -> str:
    pack = package(uri("S0"))
    for old, new in ((0, 90), (1, 0), (90, 1)):
        behind_the_back(
            "UPDATE custody_packageevent SET seq = %s WHERE package_id = %s AND seq = %s",
            new, pack.pk, old,
        )  # fmt: skip
    return f"package {pack.path}, seq 0"


def truncate(scene: Scene) -> str:
    last = scene.size - 1
    behind_the_back('DELETE FROM ledger_entry WHERE "index" = %s', last)
    return f"entry {last}"


def roll_back(scene: Scene) -> str:
    last = scene.size - 1
    behind_the_back("UPDATE ledger_head SET size = size - 1")
    return f"entry {last}"


def replay_backup(scene: Scene) -> str:
    """Every table is as it was after the genesis. Only the journal, outside of the database, knows better."""
    size = scene.size
    for table, where in (
        ("ledger_entry", '"index" > 0'),
        ("anchors_anchor", "checkpoint_id > 1"),
        ("ledger_publication", "checkpoint_id > 1"),
        ("ledger_checkpoint", "size > 1"),
    ):
        behind_the_back(f"DELETE FROM {table} WHERE {where}", rows=None)
    return f"journal, checkpoint {size}"


def sign_anew(scene: Scene) -> str:
    row = Statement.objects.get(pk=event(Kind.COMMISSION).statement_id)
    facts = [(n, "L9" if n == "lot" else v) for n, v in cbor2.loads(bytes(row.facts))]
    re_sign(row, signer_for(scene.mia.organisation.id), facts=tuple(facts))
    return f"statement {row.pk} (entry {Entry.objects.get(statement_id=row.pk).index})"


def split_view(scene: Scene) -> str:
    with two_witnesses(scene):
        ask_witnesses(clock=lambda: LATER, everyone=True)
    alarm = WitnessAlarm.objects.get()
    return f"witness alarm {alarm.pk}"


def forge_page(scene: Scene) -> str:
    """What pages show of the event is not what was signed."""
    made = event(Kind.COMMISSION)
    document = json.dumps({**made.document, "forged": True})
    behind_the_back(
        "UPDATE custody_custodyevent SET document = %s WHERE id = %s", document, made.pk
    )
    return f"event {made.pk}"


# In what readers are given. Each returns the verdict's failing checks, or what the audit of public files says.


def verdict(scene: Scene, **options: Any) -> set[str]:
    file = json.dumps(scene.bundle)
    return {check.name for check in verify_bundle(file, log_vkey=scene.vkey, **options).failed}


def changed_fact(scene: Scene) -> set[str]:
    facts = scene.bundle["events"][0]["facts"]
    next(fact for fact in facts if fact["name"] == "lot")["value"] = "L2"
    return verdict(scene)


def event_left_out(scene: Scene) -> set[str]:
    scene.bundle["events"].pop(1)
    return verdict(scene)


def event_put_in(scene: Scene) -> set[str]:
    events = scene.bundle["events"]
    events.append(events[-1] | {"index": events[-1]["index"] + 1})
    return verdict(scene)


def signatures_swapped(scene: Scene) -> set[str]:
    one, other = scene.bundle["events"][1:3]
    one["signature"], other["signature"] = other["signature"], one["signature"]
    return verdict(scene)


def places_exchanged(scene: Scene) -> set[str]:
    """The facts of two events stand at each other's place in the log."""
    events = scene.bundle["events"]
    one, other = events[1:3]
    one["index"], other["index"] = other["index"], one["index"]
    events[1:3] = other, one
    return verdict(scene)


def checkpoint_before(scene: Scene) -> set[str]:
    """A tree that ended before these events, signed by the log."""
    scene.bundle["checkpoint"] = Checkpoint.objects.get(size=1).note
    return verdict(scene)


def files_rolled_back(scene: Scene) -> set[str]:
    files = scene.folder / "log"
    export(Folder(files))
    command = ["audit", str(files), "--log-key", scene.vkey, "--state", str(scene.folder / "state")]
    assert kernel(command) == 0
    (files / "checkpoint").write_text(Checkpoint.objects.get(size=1).note)
    assert kernel(command) == 1
    return {"rolled back"}


def grown_anew(scene: Scene) -> set[str]:
    """The log went on from the backup: another tree under the same key. The journal's checkpoint is of the first."""
    log = load_log_key(log_verifier().name)
    text = tree_head.Checkpoint(log.name, scene.size + 1, b"r" * 32).text()
    scene.bundle["checkpoint"] = sign_note(text, [log])
    assert Anchor.objects.exists()
    return verdict(scene)


def signed_again(scene: Scene) -> set[str]:
    """The thief has Mia's key, and dates what she signed."""
    signature = scene.bundle["events"][0]["signature"]
    claims = read_statement_unverified(from_base64(signature["cose"]))
    signer = signer_for(scene.mia.organisation.id)
    signature["cose"] = to_base64(
        sign_statement(
            key=signer,
            kid=claims.kid,
            iss=claims.iss,
            sub=claims.sub,
            iat=claims.iat - 86_400,
            facts_root=claims.facts_root,
        )
    )
    return verdict(scene)


def one_of_two_cosigned(scene: Scene) -> set[str]:
    """The second witness was shown another history, so it does not cosign this one; the reader's policy asks for
    both."""
    with two_witnesses(scene):
        ask_witnesses(clock=lambda: LATER, everyone=True)
    newest = latest_checkpoint()
    assert newest is not None
    (line,) = Cosignature.objects.filter(checkpoint=newest.size).values_list("line", flat=True)
    scene.bundle["checkpoint"] += line
    policy = parse_policy(Path(scene.settings.WITNESS_POLICY_FILE).read_bytes())
    return verdict(scene, policy=policy)


def page_of_another_log(scene: Scene) -> set[str]:
    """Page and proof agree with each other; the log behind them is the forger's."""
    bundle: Bundle = read_bundle(json.dumps(scene.bundle))
    forger = same_log_elsewhere(bundle.log.origin)
    forger.signer = type(forger.signer).from_seed(bundle.log.origin, b"f" * 32)
    scene.bundle["log"]["vkey"] = forger.vkey
    scene.bundle["checkpoint"] = forger.note(scene.size)
    return verdict(scene)


@contextmanager
def two_witnesses(scene: Scene) -> Iterator[None]:
    """Two independent programs, both asked; the second has cosigned another history of this log before."""
    with (
        witness(scene.folder / "w1", "--log", scene.vkey, name="w1.example") as one,
        witness(scene.folder / "w2", "--log", scene.vkey, name="w2.example") as two,
    ):
        assert two.post(same_log_elsewhere(log_verifier().name).request(0, 4))[0] == 200
        named = {
            name: (make_keys(program.folder / "keys", f"{name}.example"), program.url)
            for name, program in (("w1", one), ("w2", two))
        }
        write_policy(scene.settings, scene.folder, named, "all")
        yield


ATTACKS: dict[str, tuple[Callable[[Scene], str], Callable[[Scene], set[str]], str]] = {
    # name: (in the database, in what readers are given, the check that must fail)
    "change": (change, changed_fact, "fact"),
    "delete": (delete, event_left_out, "chain"),
    "insert": (insert, event_put_in, "inclusion"),
    "swap": (swap, signatures_swapped, "inclusion"),
    "reorder": (reorder, places_exchanged, "inclusion"),
    "truncate": (truncate, checkpoint_before, "inclusion"),
    "roll back": (roll_back, files_rolled_back, "rolled back"),
    "replay an old backup": (replay_backup, grown_anew, "anchor"),
    "re-sign with a stolen key": (sign_anew, signed_again, "inclusion"),
    "show two histories to two witnesses": (split_view, one_of_two_cosigned, "policy"),
    "forge a page in the browser": (forge_page, page_of_another_log, "log key"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_audit_names_it(scene: Scene, attack: str) -> None:
    place = ATTACKS[attack][0](scene)
    named = {finding.place for _, finding in audit()}
    assert place in named, sorted(named)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_verifier_names_it(scene: Scene, attack: str) -> None:
    _, done, check = ATTACKS[attack]
    assert check in done(scene)


def test_every_attack_of_the_list_is_here() -> None:
    """The list of the issue, word by word; `docs/trust.md` has each of them."""
    told = (Path(__file__).parents[2] / "docs" / "trust.md").read_text()
    assert [attack for attack in ATTACKS if f"**{attack}**" not in told] == []
