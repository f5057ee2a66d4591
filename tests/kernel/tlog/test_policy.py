"""Policy files (C2SP tlog-policy): what they say, and the line of what is wrong."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner
from pharmatrace.kernel.tlog.note import NoteError, NoteSignature, Signer, sign_note
from pharmatrace.kernel.tlog.policy import Policy, PolicyUnmet
from pharmatrace.kernel.tlog.policy_reading import PolicyError, parse_policy

LOG = Signer.from_seed("log.example", bytes(32))
OTHER_LOG = Signer.from_seed("other.example", bytes(31) + b"\1")
TEXT = Checkpoint("log.example", 7, b"r" * 32).text()
PRIVATE = {
    name: Ed25519PrivateKey.from_private_bytes(bytes(31) + bytes([at]))
    for at, name in enumerate(("X1", "X2", "X3", "Y1", "Y2", "Y3"), 10)
}


def vkey(name: str) -> str:
    public = PRIVATE[name].public_key().public_bytes_raw()
    return CosignatureVerifier(f"{name}.example", public).vkey()


WITNESSES = "".join(f"witness {name} {vkey(name)}\n" for name in PRIVATE)
EXAMPLE = f"""\
# the example of the specification
log {LOG.verifier.vkey()} https://log.example/
{WITNESSES}
group X-witnesses 2 X1 X2 X3
\tgroup  Y-witnesses\tany Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
  quorum X-and-Y
"""


def policy(text: str = EXAMPLE) -> Policy:
    return parse_policy(text.encode())


def note(*names: str, log: Signer = LOG) -> str:
    return sign_note(TEXT, [log, *(Cosigner(f"{n}.example", PRIVATE[n], 5) for n in names)])


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        ("X1 X2 Y1", True),
        ("X1 X2 X3 Y1 Y2 Y3", True),
        ("X1 X3 Y3", True),
        ("X1 X2 X3", False),
        ("X1 Y1 Y2 Y3", False),
        ("", False),
    ],
)
def test_two_levels_of_groups(names, enough):
    if enough:
        opened, cosigned = policy().check(note(*names.split()))
        assert opened.text == TEXT
        assert [one.name for one in cosigned] == names.split()
    else:
        with pytest.raises(PolicyUnmet, match="quorum X-and-Y is not met"):
            policy().check(note(*names.split()))


def test_one_witness_can_be_the_quorum():
    one = policy(f"{WITNESSES}quorum X2\n")
    one.check(note("X2"), logs=[LOG.verifier])
    with pytest.raises(PolicyUnmet):
        one.check(note("X1"), logs=[LOG.verifier])


def test_the_quorum_none_asks_nobody_but_the_log():
    nobody = policy("quorum none\n")
    assert nobody.asks_nobody
    nobody.check(note(), logs=[LOG.verifier])
    with pytest.raises(NoteError):
        nobody.check(note(log=OTHER_LOG), logs=[LOG.verifier])


def test_a_log_that_the_policy_does_not_list_does_not_count():
    with pytest.raises(PolicyUnmet, match="no log of the policy"):
        policy().check(note("X1", "X2", "Y1", log=OTHER_LOG), logs=[OTHER_LOG.verifier])


def test_a_wrong_cosignature_spoils_what_the_others_would_allow():
    wrong = Cosigner("X3.example", PRIVATE["X3"], 5).sign(TEXT.replace("7", "8"))
    x3 = next(one.key for one in policy().witnesses if one.name == "X3")
    line = NoteSignature("X3.example", x3.key_id, wrong).line
    with pytest.raises(NoteError, match=r"X3\.example on the note is wrong"):
        policy().check(note("X1", "X2", "Y1") + line)


def test_names_are_octets_and_urls_belong_to_lines():
    read = parse_policy(
        b"witness \xff " + vkey("X1").encode() + b" https://w.example/\xc3\xa9\n"
        b"witness K " + vkey("X2").encode() + b"\n"
        b"witness \xe2\x84\xaa " + vkey("X3").encode() + b"\ngroup 2 all \xff K \xe2\x84\xaa\n"
        b"quorum 2\n"
    )
    assert [one.url for one in read.witnesses] == ["https://w.example/é", None, None]
    assert read.groups["2"].threshold == 3


def test_thirty_two_of_each_are_read():
    keys = [
        CosignatureVerifier(f"w{n}", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        for n in range(32)
    ]
    lines = [f"witness w{n} {key.vkey()}" for n, key in enumerate(keys)]
    lines += [
        f"log {Signer.from_seed(f'l{n}', bytes([n] * 32)).verifier.vkey()}" for n in range(32)
    ]
    lines += [f"group g{n} any w{n}" for n in range(32)]
    lines += [f"quorum g{31}"]
    read = policy("\n".join(lines) + "\n")
    assert (len(read.logs), len(read.witnesses), len(read.groups)) == (32, 32, 32)


W1, W2 = (f"witness {n} {vkey(n)}\n" for n in ("X1", "X2"))
LOG_LINE = f"log {LOG.verifier.vkey()}\n"
DEFECTS = {
    "no quorum": (W1, 1, "no quorum"),
    "empty file": ("", 1, "no quorum"),
    "two quorums": ("quorum none\nquorum none\n", 2, "already"),
    "quorum of nobody known": (f"{W1}quorum X2\n", 2, "no witness or group of an earlier line"),
    "quorum before its witness": (f"quorum X1\n{W1}", 1, "earlier line"),
    "quorum without a name": ("quorum\n", 1, "other parts"),
    "quorum of two names": (f"{W1}{W2}quorum X1 X2\n", 3, "other parts"),
    "last line without end": ("quorum none", 1, "newline"),
    "carriage return": ("# a\r\nquorum none\n", 1, "0x0d"),
    "NUL": ("quorum none\n#\0\n", 2, "0x00"),
    "DEL": ("quorum none\n# \x7f\n", 2, "0x7f"),
    "unknown word": ("Quorum none\n", 1, "begins no line"),
    "witness without key": ("witness X1\nquorum none\n", 1, "other parts"),
    "witness with two URLs": (f"{W1[:-1]} https://a https://b\nquorum none\n", 1, "other parts"),
    "witness with a log's key": (f"witness X1 {LOG.verifier.vkey()}\nquorum none\n", 1, "0x01"),
    "witness with a damaged key": (f"{W1[:-3]}\nquorum none\n", 1, "verifier key"),
    "witness key that is not Unicode": (b"witness X1 \xff+00000000+BAAA\nquorum none\n", 1, "not valid Unicode"),
    "log with a witness's key": (f"log {vkey('X1')}\nquorum none\n", 1, "0x04"),
    "log listed twice": (f"{LOG_LINE}{LOG_LINE}quorum none\n", 2, "listed already"),
    "witness key under two names": (f"{W1}witness Z {vkey('X1')}\nquorum none\n", 2, "listed"),
    "two witnesses of one name": (f"{W1}witness X1 {vkey('X2')}\nquorum none\n", 2, "taken"),
    "witness named none": (f"witness none {vkey('X1')}\nquorum none\n", 1, "taken"),
    "group of a witness's name": (f"{W1}group X1 any X1\nquorum X1\n", 2, "taken"),
    "group without members": (f"{W1}group g any\nquorum X1\n", 2, "other parts"),
    "group of itself": (f"{W1}group g any g\nquorum g\n", 2, "earlier line"),
    "group with the member none": (f"{W1}group g any none\nquorum g\n", 2, "earlier line"),
    "member twice": (f"{W1}group g all X1 X1\nquorum g\n", 2, "member of a group already"),
    "member of two groups": (f"{W1}group g any X1\ngroup h any X1\nquorum g\n", 3, "already"),
    "threshold 0": (f"{W1}group g 0 X1\nquorum g\n", 2, "from 1 to 1"),
    "threshold above the members": (f"{W1}group g 2 X1\nquorum g\n", 2, "from 1 to 1"),
    "threshold with a leading zero": (f"{W1}group g 01 X1\nquorum g\n", 2, "from 1"),
    "threshold of other digits": (f"{W1}group g \u0661 X1\nquorum g\n", 2, "from 1"),
    "a threshold of a thousand digits": (f"{W1}group g {'9' * 5000} X1\nquorum g\n", 2, "from 1"),
    "no-break space between words": ("quorum\u00a0none\n", 1, "begins no line"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_broken_policy_is_refused_with_its_line(defect):
    text, line, sentence = DEFECTS[defect]
    with pytest.raises(PolicyError, match=sentence) as caught:
        parse_policy(text if isinstance(text, bytes) else text.encode())
    assert caught.value.line == line


def test_a_file_too_large_is_not_read():
    with pytest.raises(PolicyError, match="bytes"):
        parse_policy(b"#\n" * 600_000)
