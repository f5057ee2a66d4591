"""The log is opened once, with a key of its own, and says so in entry 0."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import cbor2
import pytest

from apps.ledger.log_key import LogKeyFault
from apps.ledger.models import Checkpoint, Entry, Head, Statement
from apps.ledger.services import open_log, seal
from apps.ledger.services.open_log import OtherLog
from apps.parties.services.register_organisation import register_organisation
from apps.parties.signing import registrar_signer
from pharmatrace.kernel.evidence.statement import check_statement
from pharmatrace.kernel.tlog.note import Verifier, open_note
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db


def test_entry_0_names_the_log_and_its_registrar(settings: Any) -> None:
    open_log(at=NOON)
    genesis = Entry.objects.select_related("statement").get(index=0).statement
    facts = dict(cbor2.loads(bytes(genesis.facts)))
    registrar = registrar_signer()
    assert facts["origin"] == settings.LOG_ORIGIN
    assert (facts["registrar"], facts["registrar_kid"]) == (registrar.public_key, registrar.kid)
    assert check_statement(bytes(genesis.cose), registrar.public_key).sub == "registry:genesis"
    note = open_note(Checkpoint.objects.get(size=1).note, [Verifier.parse(facts["log_key"])])
    assert note.text.startswith(f"{settings.LOG_ORIGIN}\n1\n")


def test_opening_again_changes_nothing() -> None:
    first = open_log(at=NOON)
    assert first is not None
    assert open_log(at=NOON) is None
    assert (Head.objects.get().size, Checkpoint.objects.count()) == (1, 1)


def test_the_key_is_readable_by_its_owner_only(settings: Any) -> None:
    open_log(at=NOON)
    assert stat.S_IMODE(Path(settings.LOG_KEY_FILE).stat().st_mode) == 0o600


def test_a_key_registered_before_the_log_was_opened_comes_after_the_genesis() -> None:
    register_organisation(
        kind="manufacturer", name="Mia", gln="9506000134352", country="CH", at=NOON
    )
    seal(at=NOON)
    subjects = list(Entry.objects.order_by("index").values_list("statement__subject", flat=True))
    assert subjects[0] == "registry:genesis"
    assert len(subjects) == 2
    assert subjects[1].startswith("registry:")
    assert Statement.objects.get(subject=subjects[1]).type == 2


def test_a_lost_key_is_not_replaced(settings: Any) -> None:
    open_log(at=NOON)
    Path(settings.LOG_KEY_FILE).unlink()
    append_some(1)
    with pytest.raises(LogKeyFault, match="Put the key file back"):
        seal(at=NOON)
    assert not Path(settings.LOG_KEY_FILE).exists()


def test_another_key_of_the_same_name_signs_nothing(settings: Any, tmp_path: Path) -> None:
    open_log(at=NOON)
    settings.LOG_KEY_FILE = tmp_path / "other.key"
    from apps.ledger.log_key import make_log_key

    make_log_key(settings.LOG_ORIGIN)
    append_some(1)
    with pytest.raises(LogKeyFault, match="was opened with the key"):
        seal(at=NOON)
    assert Checkpoint.objects.count() == 1


def test_a_key_that_others_can_read_is_refused(settings: Any) -> None:
    open_log(at=NOON)
    Path(settings.LOG_KEY_FILE).chmod(0o644)
    append_some(1)
    with pytest.raises(LogKeyFault, match="chmod 600"):
        seal(at=NOON)


@pytest.mark.parametrize("text", ["", "hello", "PRIVATE+KEY+{origin}+00000000+AQ=="])
def test_a_damaged_key_is_named(text: str, settings: Any) -> None:
    open_log(at=NOON)
    Path(settings.LOG_KEY_FILE).write_text(text.format(origin=settings.LOG_ORIGIN))
    append_some(1)
    with pytest.raises(LogKeyFault, match=str(settings.LOG_KEY_FILE)):
        seal(at=NOON)


def test_an_origin_never_changes(settings: Any) -> None:
    open_log(at=NOON)
    settings.LOG_ORIGIN = "another.example/log"
    with pytest.raises(OtherLog, match="never changes"):
        seal(at=NOON)
