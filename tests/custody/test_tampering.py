"""The tamper matrix: whatever somebody with the database in his hands does, `manage.py audit` names row and
column, and where a bundle shows it, no bundle is given out that would hold."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from apps.custody.models import CustodyEvent, PackageEvent
from apps.ledger.audits import Span, audit
from apps.ledger.guard import Behind
from apps.ledger.models import Entry, Statement
from apps.ledger.order import log_size
from apps.ledger.services import Draft, seal, sign
from apps.parties.models import SigningKey
from apps.parties.services import report_stolen_key, rotate_key
from apps.parties.signing import StoredKeySigner, signer_for
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.evidence.statement import EntryType
from tests.custody.goods import CASE, Goods, package, uri, uris
from tests.session_database import triggers_off

pytestmark = pytest.mark.django_db
EVIDENCE = "/verify/evidence/"


@pytest.fixture
def told(mia: Any, dan: Any, goods: Goods) -> Goods:
    """Mia makes four packs, packs three, ships the case to Dan, who receives it and unpacks one."""
    goods.commission(mia, uris(4)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.move([CASE], mia, dan)
    goods.unpack(dan, CASE, uris(1)).raise_refused()
    seal(at=goods.now)
    assert findings() == {}
    return goods


def findings(span: Span | None = None) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for _, finding in audit(span):
        told.setdefault(finding.place, []).append(finding.sentence)
    return told


def behind_the_back(sql: str, *parameters: object, rows: int | None = 1) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert rows is None or cursor.rowcount == rows


def event(kind: str) -> CustodyEvent:
    return CustodyEvent.objects.filter(kind=kind).order_by("id")[0]


def bundle_of(serial: str, who: Any) -> int:
    return who.client.get(EVIDENCE + package(uri(serial)).path).status_code


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "'return'"),
        ("actor_id", "(SELECT actor_id FROM custody_custodyevent WHERE kind = 'receive')"),
        ("reporter_id", "actor_id"),
        ("site_id", "(SELECT site_id FROM custody_custodyevent WHERE kind = 'receive')"),
        ("counterparty_id", "actor_id"),
        ("counterparty_id", "NULL"),
        ("reference", "'D2'"),
        ("occurred_at", "occurred_at + interval '1 second'"),
        ("package_count", "2"),
    ],
)
def test_a_changed_column_of_an_event_is_named(told: Goods, column: str, value: str) -> None:
    shipped = event(Kind.SHIP)
    behind_the_back(f"UPDATE custody_custodyevent SET {column} = {value} WHERE id = %s", shipped.pk)
    named = findings()[f"event {shipped.pk}"]
    assert any(f"Column {column.removesuffix('_id')}" in sentence for sentence in named)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("level", "'pallet'"),
        ("custodian_id", "(SELECT actor_id FROM custody_custodyevent WHERE kind = 'receive')"),
        ("site_id", "(SELECT site_id FROM custody_custodyevent WHERE kind = 'receive')"),
        ("status", "'stolen'"),
        ("status_at", "status_at - interval '1 day'"),
    ],
)
def test_a_changed_column_of_a_package_is_named(told: Goods, column: str, value: str) -> None:
    pack = package(uri("S3"))
    behind_the_back(f"UPDATE custody_package SET {column} = {value} WHERE id = %s", pack.pk)
    (sentence,) = findings()[f"package {pack.path}"]
    assert f"Column {column.removesuffix('_id')}: it says" in sentence


def test_a_pack_taken_out_of_its_case_is_named(told: Goods) -> None:
    pack, case = package(uri("S1")), package(CASE)
    behind_the_back(
        "UPDATE custody_package SET parent_id = NULL, custodian_id = %s, site_id = %s WHERE id = %s",
        case.custodian_id, case.site_id, pack.pk,
    )  # fmt: skip
    named = findings()[f"package {pack.path}"]
    assert any("Column parent" in sentence for sentence in named)


def test_a_deleted_event_is_named(told: Goods, rosa: Any) -> None:
    gone = event(Kind.RECEIVE)
    behind_the_back("DELETE FROM custody_custodyevent WHERE id = %s", gone.pk)
    named = findings()
    assert named[f"statement {gone.statement_id}"] == ["The event that it is about is missing."]
    assert f"package {package(CASE).path}, seq 2" in named


def test_a_deleted_event_with_all_that_points_to_it_is_named(told: Goods) -> None:
    gone = event(Kind.UNPACK)
    behind_the_back("DELETE FROM custody_packageevent WHERE event_id = %s", gone.pk, rows=2)
    behind_the_back("DELETE FROM custody_custodyevent WHERE id = %s", gone.pk)
    named = findings()
    assert f"statement {gone.statement_id}" in named
    assert f"package {package(CASE).path}" in named


def test_an_inserted_event_is_named(told: Goods) -> None:
    """A second shipment, copied from the first, with a statement and a history but no entry in the log."""
    shipped = event(Kind.SHIP)
    behind_the_back(
        "INSERT INTO ledger_statement (id, type, key_id, subject, cose, facts, leaves, commitment,"
        " signed_at) SELECT 900000, type, key_id, subject, cose, facts, leaves,"
        " sha256('x'), signed_at FROM ledger_statement WHERE id = %s",
        shipped.statement_id,
    )
    behind_the_back(
        "INSERT INTO custody_custodyevent (id, hash, statement_id, kind, actor_id, reporter_id, site_id,"
        " counterparty_id, reference, occurred_at, recorded_at, package_count, document) SELECT 900000,"
        " sha256('y'), 900000, kind, actor_id, reporter_id, site_id, counterparty_id, reference,"
        " occurred_at, recorded_at, package_count, document FROM custody_custodyevent WHERE id = %s",
        shipped.pk,
    )
    named = findings()
    assert any("never sealed" in sentence for sentence in named["statement 900000"])
    assert "event 900000" in named


def test_two_swapped_events_of_a_package_are_named(told: Goods, rosa: Any) -> None:
    case = package(CASE)
    for old, new in ((1, 90), (2, 1), (90, 2)):
        behind_the_back(
            "UPDATE custody_packageevent SET seq = %s WHERE package_id = %s AND seq = %s",
            new, case.pk, old,
        )  # fmt: skip
    assert {f"package {case.path}, seq 1", f"package {case.path}, seq 2"} <= findings().keys()
    assert bundle_of("S1", rosa) == 409


def test_two_packs_that_changed_places_in_an_event_are_named(told: Goods, rosa: Any) -> None:
    first, second = package(uri("S1")), package(uri("S2"))
    for one, at in ((first, 2), (second, 1)):
        behind_the_back(
            "UPDATE custody_packageevent SET position = %s WHERE package_id = %s AND seq = 0",
            at, one.pk,
        )  # fmt: skip
    named = findings()
    assert {f"package {first.path}, seq 0", f"package {second.path}, seq 0"} <= named.keys()
    assert bundle_of("S1", rosa) == 409


def test_a_history_cut_short_is_named(told: Goods, rosa: Any) -> None:
    """The unpacking is gone from the pack, and its row was set back to fit."""
    pack, case = package(uri("S0")), package(CASE)
    leaf = PackageEvent.objects.get(package_id=pack.pk, seq=1).event.statement
    head = bytes(leaf.leaves)[-3 * 32 : -2 * 32]
    behind_the_back("DELETE FROM custody_packageevent WHERE package_id = %s AND seq = 2", pack.pk)
    behind_the_back(
        "UPDATE custody_package SET seq = 1, head = %s, parent_id = %s, custodian_id = NULL,"
        " site_id = NULL WHERE id = %s",
        head, case.pk, pack.pk,
    )  # fmt: skip
    (sentence,) = findings()[f"event {event(Kind.UNPACK).pk}"]
    assert sentence == "It has 2 package facts; 1 histories have it, at 1 places of it."


def test_a_backup_replayed_is_named_and_stops_the_sealer(told: Goods, mia: Any) -> None:
    """Everything that came after the shipment is gone from every table, head and all. Only the journal, outside
    of the database, knows better."""
    size = log_size()
    kept = Entry.objects.get(statement_id=event(Kind.SHIP).statement_id).index
    behind_the_back('DELETE FROM ledger_entry WHERE "index" > %s', kept, rows=None)
    behind_the_back("DELETE FROM anchors_anchor WHERE checkpoint_id > %s", kept + 1, rows=None)
    behind_the_back("DELETE FROM ledger_publication WHERE checkpoint_id > %s", kept + 1, rows=None)
    behind_the_back("DELETE FROM ledger_checkpoint WHERE size > %s", kept + 1, rows=None)
    named = findings()
    assert f"journal, checkpoint {size}" in named
    assert f"entry {size - 1}" in named
    behind_the_back("DELETE FROM ledger_head")
    behind_the_back("DELETE FROM ledger_entry", rows=None)
    with pytest.raises(Behind, match="restored backup"):
        seal(at=told.now)


def re_sign(statement: Statement, signer: Any, *, facts: Any, packages: Any = ()) -> None:
    """Puts a statement that says something else in the place of this one, signed with this key."""
    made = sign(
        Draft(
            type=EntryType.CUSTODY, signer=signer, iss=statement.key.organisation.did,
            subject=statement.subject, facts=facts, packages=packages,
        ),
        at=statement.signed_at,
    )  # fmt: skip
    behind_the_back(
        "UPDATE ledger_statement SET key_id = %s, cose = %s, facts = %s, leaves = %s, commitment = %s"
        " WHERE id = %s",
        made.kid, made.cose, made.facts, b"".join(made.leaves), made.commitment, statement.pk,
    )  # fmt: skip
    behind_the_back(
        "UPDATE ledger_statementsecret SET secret = %s WHERE statement_id = %s",
        made.secret, statement.pk,
    )  # fmt: skip


def test_a_statement_signed_anew_with_a_stolen_key_is_named(
    told: Goods, mia: Any, rosa: Any
) -> None:
    """The thief has the key and the database. What he signs is not what the log committed to."""
    import cbor2

    shipped = event(Kind.SHIP)
    row = Statement.objects.get(pk=shipped.statement_id)
    facts = [(name, value) for name, value in cbor2.loads(bytes(row.facts))]
    facts = [(name, "thief" if name == "to" else value) for name, value in facts]
    previous = PackageEvent.objects.get(package_id=package(CASE).pk, seq=0).event.statement
    before = bytes(previous.leaves)[-4 * 32 : -3 * 32]
    re_sign(row, signer_for(mia.organisation.id), facts=tuple(facts), packages=[(CASE, 1, before)])
    index = Entry.objects.get(statement_id=row.pk).index
    named = findings()
    assert f"Entry {index} is not the one that commits to it." in named[f"statement {row.pk} (entry {index})"]  # fmt: skip
    assert bundle_of("S1", rosa) in (409, 500) and bundle_of("S1", rosa) == 409


def stolen_signer(who: Any) -> StoredKeySigner:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from apps.parties.sealing import open_private_key

    key = SigningKey.objects.filter(organisation=who.organisation).order_by("created_at")[0]
    seed = open_private_key(bytes(key.sealed_private_key), kid=bytes(key.pk))
    return StoredKeySigner(bytes(key.pk), bytes(key.public_key), Ed25519PrivateKey.from_private_bytes(seed))  # fmt: skip


def test_what_a_key_signs_after_its_end_is_named_and_never_given_out(
    told: Goods, mia: Any, rosa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who helps the thief lets a stolen key sign after it was reported."""
    thief = stolen_signer(mia)
    report_stolen_key(key=SigningKey.objects.get(pk=thief.kid), since=told.now, at=told.tick())
    rotate_key(organisation=mia.organisation, at=told.tick())
    door = import_module("apps.custody.services.capture")
    monkeypatch.setattr(door, "signer_for", lambda _: thief)
    told.do(Kind.INSPECT, mia, [uri("S3")]).raise_refused()
    seal(at=told.now)
    last = log_size() - 1
    statement = Entry.objects.get(index=last).statement_id
    (sentence,) = findings()[f"statement {statement} (entry {last})"]
    assert "Its key had ended at entry" in sentence
    assert findings(Span(last)).keys() == {f"statement {statement} (entry {last})"}
    assert bundle_of("S3", rosa) == 409


def test_a_statement_before_its_keys_registration_is_named(told: Goods, mia: Any) -> None:
    """The registration was moved behind what the key signed, in the registry's own tables."""
    registered = mia.organisation.changes.get(action="registered")
    behind_the_back(
        "UPDATE ledger_registrystatement SET statement_id = statement_id + 1000000 WHERE change_id = %s",
        registered.pk,
    )
    named = findings()
    made = event(Kind.COMMISSION)
    index = Entry.objects.get(statement_id=made.statement_id).index
    assert "Its key was not registered before" in named[f"statement {made.statement_id} (entry {index})"][0]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place", "column"),
    [
        ("UPDATE parties_signingkey SET revoked_at = now() WHERE kid = %s", "key", "revoked_at"),
        ("UPDATE parties_registrychange SET action = 'retired' WHERE key_id = %s", "registry change", "action"),
        ("UPDATE parties_registrychange SET changed_at = now() WHERE key_id = %s", "registry change", "time"),
        ("UPDATE parties_signingkey SET public_key = sha256('x') WHERE kid = %s", "registry change", "public_key"),
    ],
)  # fmt: skip
def test_a_change_of_the_registry_is_named(
    told: Goods, mia: Any, change: str, place: str, column: str
) -> None:
    behind_the_back(change, bytes(mia.organisation.keys.get().pk))
    named = findings()
    assert any(
        one.startswith(place) and any(f"Column {column}" in s for s in named[one]) for one in named
    ), named


def test_a_licence_that_was_never_suspended_is_named(told: Goods, dan: Any) -> None:
    behind_the_back("UPDATE parties_licence SET suspended_at = now() WHERE number = 'Dan-1'")
    assert "Column suspended_at" in findings()["licence Dan-1 (Test Authority)"][0]


def test_a_stolen_report_taken_back_in_the_rows_is_named(told: Goods, dan: Any) -> None:
    key = dan.organisation.keys.get()
    report_stolen_key(key=key, since=told.now, at=told.tick())
    seal(at=told.now)
    behind_the_back(
        "UPDATE parties_signingkey SET stolen_since = NULL WHERE kid = %s", bytes(key.pk)
    )
    assert "Column stolen_since" in findings()[f"key {key}"][0]


def test_a_span_looks_at_what_is_new_in_every_table(told: Goods, mia: Any) -> None:
    first = log_size()
    told.do(Kind.INSPECT, mia, [uri("S3")]).raise_refused()
    seal(at=told.now)
    assert findings(Span(first)) == {}
    pack, inspected = package(uri("S3")), event(Kind.INSPECT)
    behind_the_back("UPDATE custody_package SET status = 'stolen' WHERE id = %s", pack.pk)
    behind_the_back("UPDATE custody_custodyevent SET reference = 'x' WHERE id = %s", inspected.pk)
    behind_the_back("UPDATE custody_custodyevent SET reference = 'x' WHERE id = %s", event(Kind.SHIP).pk)  # fmt: skip
    assert findings(Span(first)).keys() == {f"package {pack.path}", f"event {inspected.pk}"}


@pytest.mark.parametrize("seed", range(2))
def test_no_honest_history_is_accused(
    mia: Any, dan: Any, petra: Any, goods: Goods, seed: int
) -> None:
    """The audit's replay and columns, over the random lives of the replay's own test."""
    import random

    from tests.custody.test_replay import live

    for one in uris(8):
        goods.commission(mia, [one]).raise_refused()
    live(goods, [mia, dan, petra], random.Random(seed), steps=60)
    seal(at=goods.now)
    assert findings() == {}
