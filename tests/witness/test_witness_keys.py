"""The two key files of a witness: made once, read strictly."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pharmatrace.kernel.tlog.verifier_keys import parse_witness_key
from pharmatrace.witness.keys import FILES, WitnessKeyFault, load_keys, make_keys
from pharmatrace.witness.log_names import NotALog, log_and_key
from tests.witness.growing_log import GrowingLog


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    made = make_keys(tmp_path, "w.example/1")
    assert make_keys(tmp_path, "another.example").vkeys() == load_keys(tmp_path).vkeys()
    assert made.vkeys() == load_keys(tmp_path).vkeys()
    assert [parse_witness_key(vkey).name for vkey in made.vkeys()] == ["w.example/1"] * 2
    for file in FILES.values():
        assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "a b", "a+b", "é" * 128])
def test_a_name_that_no_witness_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(WitnessKeyFault):
        make_keys(tmp_path, name)


@pytest.mark.parametrize("file", FILES.values())
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: path.chmod(0o644), "chmod 600"),
        (lambda path: path.write_text("hello"), "no signer key"),
        (lambda path: path.write_bytes(b"\xff"), "no signer key"),
        (lambda path: path.write_text(path.read_text().replace("/1", "/2")), "damaged"),
        (lambda path: path.write_text(path.read_text()[:-6]), "no signer key"),
    ],
)
def test_a_damaged_key_is_told_with_what_to_do(
    file: str, damage: object, sentence: str, tmp_path: Path
) -> None:
    make_keys(tmp_path, "w.example/1")
    damage(tmp_path / file)  # type: ignore[operator]
    with pytest.raises(WitnessKeyFault, match=sentence):
        load_keys(tmp_path)


def test_keys_of_two_witnesses_do_not_make_one(tmp_path: Path) -> None:
    make_keys(tmp_path / "a", "a.example")
    make_keys(tmp_path / "b", "b.example")
    for file in list(FILES.values())[:1]:
        (tmp_path / "a" / file).write_bytes((tmp_path / "b" / file).read_bytes())
    with pytest.raises(WitnessKeyFault, match="two names"):
        load_keys(tmp_path / "a")


def test_a_log_is_known_by_its_key() -> None:
    log = GrowingLog()
    assert log_and_key(f" {log.vkey}\n") == (log.origin, log.vkey)
    assert log_and_key(log.vkey, "another.example/2026") == ("another.example/2026", log.vkey)


@pytest.mark.parametrize(
    ("vkey", "origin"),
    [
        ("nonsense", None),
        (GrowingLog().vkey, ""),
        (GrowingLog().vkey, "two\nlines"),
        (GrowingLog().vkey, "o" * 256),
        (GrowingLog().vkey, "\ud800"),
        (GrowingLog().vkey, "a\0b"),
    ],
)
def test_what_is_no_log_is_refused(vkey: str, origin: str | None) -> None:
    with pytest.raises(NotALog):
        log_and_key(vkey, origin)
