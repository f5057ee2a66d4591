"""The witness policy of this installation: WITNESS_POLICY_FILE, or nobody is asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from apps.ledger.models import Entry
from apps.ledger.selectors import log_verifier
from pharmatrace.kernel.tlog.policy import Policy, PolicyWitness
from pharmatrace.kernel.tlog.policy_reading import PolicyError, parse_policy
from pharmatrace.kernel.tlog.verifier_keys import WitnessKey


class PolicyFault(Exception):
    """The policy cannot be followed; nothing is published until it can. The sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One witness to ask, by its submission prefix, and the keys of its that the policy lists."""

    url: str
    keys: tuple[WitnessKey, ...]


def witness_policy() -> Policy:
    """The policy; `quorum none` where no file is named. Read again when the file changes. Raises PolicyFault."""
    name = settings.WITNESS_POLICY_FILE
    if not name:
        return Policy()
    path = Path(name)
    try:
        found = path.stat()
        policy = _read(path, found.st_mtime_ns, found.st_size)
    except OSError as error:
        raise PolicyFault(
            f"WITNESS_POLICY_FILE {path} cannot be read: {error.strerror}."
        ) from error
    except PolicyError as error:
        raise PolicyFault(f"WITNESS_POLICY_FILE {path}, {error}.") from error
    _check_usable(policy, path)
    return policy


def check_log(policy: Policy) -> None:
    """A policy that lists logs lists ours. Raises PolicyFault."""
    try:
        ours = log_verifier()
    except Entry.DoesNotExist:
        return
    if policy.logs and not any(one.key == ours for one in policy.logs):
        raise PolicyFault(
            f"WITNESS_POLICY_FILE {settings.WITNESS_POLICY_FILE} lists logs, and not this one. Add the"
            f" line: log {ours.vkey()}"
        )


def witnesses_to_ask(policy: Policy) -> tuple[Asked, ...]:
    """Those with an address. Lines with one address are one witness with several keys, asked once."""
    keys: defaultdict[str, list[WitnessKey]] = defaultdict(list)
    for one in policy.witnesses:
        if one.url:
            keys[submission_prefix(one)].append(one.key)
    return tuple(Asked(url, tuple(found)) for url, found in keys.items())


def submission_prefix(witness: PolicyWitness) -> str:
    """Its address with one slash at the end."""
    return (witness.url or "").rstrip("/") + "/"


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Policy:
    return parse_policy(path.read_bytes())


def _check_usable(policy: Policy, path: Path) -> None:
    reachable = set()
    for one in policy.witnesses:
        if one.url is None:
            continue
        reachable.add(one.name)
        parts = urlsplit(one.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or len(one.url) > 400:
            raise PolicyFault(
                f"{path}: the address of {one.name}, {one.url}, is no http(s) address."
            )
    if not policy.is_met_by(reachable):
        raise PolicyFault(
            f"{path}: the quorum {policy.quorum} cannot be met by the witnesses that have an address."
        )
