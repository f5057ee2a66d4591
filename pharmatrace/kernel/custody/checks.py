"""The checks rules are made of. Each looks at a case and returns every refusal it finds.

One refusal per broken rule, however many packages break it: `data["packages"]` names the first twenty,
`data["count"]` says how many.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import Enum, auto

from pharmatrace.kernel.custody.case import Case
from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.custody.world import PackageState
from pharmatrace.kernel.refusal import Refusal

CLOCK_SKEW = timedelta(minutes=10)  # how far two honest clocks may differ
UNDO_WINDOW = timedelta(days=10)  # Delegated Regulation (EU) 2016/161, article 13
NAMED = 20


class Who(Enum):
    HOLDER = auto()
    CONSIGNEE = auto()
    HOLDER_OR_CONSIGNEE = auto()
    HOLDER_OR_INSPECTOR = auto()
    MAKER = auto()


def refusal(code: str, sentence: str, paths: Iterable[str], **data: object) -> list[Refusal]:
    """One refusal for all packages in `paths`; none where there are none. `{}` is the first."""
    broken = list(paths)
    if not broken:
        return []
    more = f" (and {len(broken) - 1:,} more)" if len(broken) > 1 else ""
    return [
        Refusal(
            code,
            sentence.format(f"{broken[0]}{more}"),
            {"packages": broken[:NAMED], "count": len(broken), **data},
        )
    ]


# --- who, where, when ------------------------------------------------------------------------------------


def known(case: Case) -> list[Refusal]:
    """Every package exists, save those this very event brings to life."""
    if case.act.kind is Kind.COMMISSION:
        return []
    unknown = [path for id, path in case.act.packages if id not in case.states]
    if case.makes_parent:
        unknown = unknown[1:]
    return refusal("unknown_package", "{} was never registered.", unknown)


def when(case: Case) -> list[Refusal]:
    """Not in the future, and not before what already happened to the package."""
    act = case.act
    if act.occurred_at > case.now + CLOCK_SKEW:
        return [
            Refusal(
                "in_future",
                f"The event says {act.occurred_at.isoformat()}, which has not come yet.",
                {"field": "eventTime"},
            )
        ]
    late = [s.path for s in case.known if s.status_at > act.occurred_at + CLOCK_SKEW]
    return refusal("before_last_event", "{} already has a later event.", late, field="eventTime")


def where(case: Case) -> list[Refusal]:
    """At a site we know and the actor runs; an inspector may be anywhere."""
    if case.act.site is None:
        return [Refusal("site_missing", "The event does not say at which site (GLN) it happened.")]
    place = case.place
    if place is None:
        return [Refusal("site_unknown", f"No site is registered under GLN {case.act.site}.")]
    if place.owner != case.actor.id and case.act.kind is not Kind.INSPECT:
        return [Refusal("site_not_yours", f"The site with GLN {place.gln} is not yours.")]
    return []


def licence(case: Case, activities: frozenset[str]) -> list[Refusal]:
    if not activities or activities & case.actor.activities:
        return []
    wanted = " or ".join(sorted(activities))
    return [
        Refusal(
            "not_licensed",
            f"{case.actor.name} has no valid licence to {wanted} today.",
            {"activities": sorted(activities)},
        )
    ]


def authority(case: Case, who: Who) -> list[Refusal]:
    """Only the custodian may act on a package, only the consignee may receive it."""
    if who is Who.MAKER:
        return []  # `batch` says whose batch it is
    me = case.actor.id
    inspector = who is Who.HOLDER_OR_INSPECTOR and case.actor.kind == "regulator"
    free = [s for s in case.known if not inspector]
    if case.act.kind is Kind.UNPACK:
        free = free[:1]  # what is inside follows the container
    inside = [s.path for s in free if s.parent is not None]
    return [
        *_not_entitled([(s.path, case.custody(s)) for s in free], who, me),
        *refusal("packed_inside", "{} is packed inside a container; unpack it first.", inside),
    ]


def _not_entitled(states: list[tuple[str, PackageState]], who: Who, me: object) -> list[Refusal]:
    """`states` are paths with the state whose custody counts."""
    if who is Who.CONSIGNEE:
        mine = [path for path, s in states if s.consignee is None and s.custodian == me]
        others = [
            path
            for path, s in states
            if s.consignee != me and not (s.consignee is None and s.custodian == me)
        ]
        return [
            *refusal("already_received", "{} was already received; you hold it.", mine),
            *refusal("not_consignee", "{} was not shipped to you.", others),
        ]
    allowed = {path for path, s in states if s.custodian == me}
    if who is Who.HOLDER_OR_CONSIGNEE:
        allowed |= {path for path, s in states if s.consignee == me}
    return refusal(
        "not_custodian",
        "{} is not in your custody.",
        [path for path, _ in states if path not in allowed],
    )


_STATUS_WORDS = {
    Status.ACTIVE: ("not_in_that_state", "{} is active; there is nothing to reverse."),
    Status.IN_TRANSIT: ("in_transit", "{} is in transit; it must be received first."),
    Status.SUPPLIED: ("already_dispensed", "{} was already dispensed."),
    Status.EXPORTED: ("exported", "{} was exported."),
    Status.SAMPLE: ("sampled", "{} was taken as a sample."),
    Status.LOCKED: ("locked", "{} is locked (quarantine)."),
    Status.STOLEN: ("stolen", "{} was reported stolen. Keep it apart and tell the authority."),
    Status.DESTROYED: ("destroyed", "{} was recorded as destroyed."),
    Status.DECOMMISSIONED: ("decommissioned", "{} was decommissioned."),
    Status.VOID: ("void", "{} was registered by mistake, so its number stands for nothing."),
}


def status(case: Case, before: frozenset[Status]) -> list[Refusal]:
    """The packages are in one of the states the kind starts from."""
    found: dict[Status, list[str]] = {}
    states = case.known[:1] if case.act.kind is Kind.UNPACK else case.known
    receiving = case.act.kind in (Kind.RECEIVE, Kind.REFUSE)
    for state in states:
        now = case.custody(state).status
        if receiving and now is Status.ACTIVE:
            continue  # `authority` says it better: already received, or never shipped to you
        if now not in before:
            found.setdefault(now, []).append(state.path)
    return [
        one
        for wrong, paths in found.items()
        for one in refusal(*_STATUS_WORDS[wrong], paths, status=wrong.value)
    ]


# --- goods -----------------------------------------------------------------------------------------------


def sound_goods(case: Case) -> list[Refusal]:
    """Not expired, not recalled, not withdrawn: the pack itself or anything inside the container.

    Movements are often told late, by files; at the counter the sender's clock alone is not believed.
    """
    told_late = case.act.kind in (Kind.SHIP, Kind.EXPORT)
    today = (case.act.occurred_at if told_late else case.latest).date()
    expired, recalled, withdrawn = [], [], []
    for state in case.known:
        for batch in case.batches(state):
            if batch.expiry < today:
                expired.append(state.path)
            if batch.recalled:
                recalled.append(state.path)
            if batch.withdrawn:
                withdrawn.append(state.path)
    return [
        *refusal("expired", "{} is past its expiry date.", expired),
        *refusal("recalled", "{} belongs to a recalled batch. Do not hand it on.", recalled),
        *refusal("withdrawn", "{} belongs to a product withdrawn from the market.", withdrawn),
    ]


def single_packs(case: Case) -> list[Refusal]:
    wrong = [s.path for s in case.known if s.level is not Level.PACK]
    return refusal("not_a_pack", "{} is a container; this is done pack by pack.", wrong)


def stops_answered(case: Case) -> list[Refusal]:
    """What stopped the actor's own counter (such as a label that differs, which no other rule knows of) is not handed
    out, on whatever device, before somebody there says what was done about it."""
    me = case.actor.id
    standing = [s.path for s in case.known if me in case.world.stopped.get(s.id, ())]
    return refusal(
        "stop_unanswered", "{} was stopped at your counter, and nobody has answered for it yet.", standing
    )  # fmt: skip


def new(case: Case) -> list[Refusal]:
    there = [path for id, path in case.act.packages if id in case.states]
    return refusal("already_registered", "{} is already registered.", there)


def batch(case: Case) -> list[Refusal]:
    """What is commissioned belongs to a registered batch of the actor, and there is room for it."""
    act = case.act
    if all(path.startswith("00/") for _, path in act.packages):
        return own_number(case)  # logistic units have no batch
    gtins = {path[3:17] for _, path in act.packages}
    if len(gtins) > 1 or any(path.startswith("00/") for _, path in act.packages):
        return [Refusal("mixed_products", "One commissioning event is for one product.")]
    gtin = gtins.pop()
    found = case.world.batches.get((gtin, act.lot or ""))
    if found is None:
        return [
            Refusal(
                "batch_unknown", f"No batch {act.lot or '(none)'} of GTIN {gtin} is registered."
            )
        ]
    out: list[Refusal] = []
    if found.maker != case.actor.id:
        out.append(Refusal("not_manufacturer", f"GTIN {gtin} belongs to another manufacturer."))
    if act.expiry != found.expiry:
        out.append(
            Refusal(
                "expiry_differs",
                f"The event says expiry {act.expiry}, the batch says {found.expiry}.",
            )
        )
    if len(act.packages) > found.room:
        out.append(
            Refusal(
                "batch_full",
                f"Batch {found.lot} has room for {found.room:,} more packs, not for "
                f"{len(act.packages):,}.",
            )
        )
    return out


# --- movements -------------------------------------------------------------------------------------------


def consignee(case: Case) -> list[Refusal]:
    """Somebody else, whom we know, and who may receive medicine today."""
    if case.act.consignee is None:
        return [Refusal("consignee_missing", "The event does not say to whom it is shipped.")]
    to = case.consignee
    if to is None:
        return [
            Refusal("consignee_unknown", f"No party is registered under GLN {case.act.consignee}.")
        ]
    if not to.activities:
        return [
            Refusal(
                "consignee_not_licensed", f"{to.name} has no valid licence to receive medicine."
            )
        ]
    return []


def upstream(case: Case) -> list[Refusal]:
    """A return goes to somebody who makes or distributes, never on to a pharmacy: it skips `sound_goods`."""
    to = case.consignee
    if to is None or to.kind in ("manufacturer", "distributor"):
        return []
    return [Refusal("not_upstream", f"{to.name} is not somebody medicine is returned to.")]


def sender(case: Case) -> list[Refusal]:
    """Whoever ships names itself, or nobody, as the sender."""
    if case.act.sender in (None, case.actor.gln):
        return []
    return [Refusal("sender_differs", "The event names somebody else than you as the sender.")]


def delivery(case: Case) -> list[Refusal]:
    """A receipt names, if at all, its recorder as the receiver and the custodian as the sender."""
    out: list[Refusal] = []
    if case.act.consignee not in (None, case.actor.gln):
        out.append(
            Refusal("consignee_differs", "The event names somebody else than you as the receiver.")
        )
    if case.act.sender is not None:
        party = case.world.parties.get(case.act.sender)
        expected = [s for s in case.known if s.consignee == case.actor.id]
        wrong = [s.path for s in expected if party is None or s.custodian != party.id]
        out += refusal("sender_differs", "{} was not shipped by whom the event names.", wrong)
    return out


MOST_LEVELS = 8


def packing(case: Case) -> list[Refusal]:
    """A container is an SSCC or a case; it and what goes in are together at the actor's site."""
    parent_id, parent_path = case.act.packages[0]
    parent = case.states.get(parent_id)
    if parent is not None and parent.level is Level.PACK:
        return refusal("not_a_container", "{} is a single pack.", [parent_path])
    place, heights = case.place, case.world.heights
    away = [s.path for s in case.known if s.parent is None and place and s.site != place.id]
    deep = [s.path for s in case.known if heights.get(s.id, 0) >= MOST_LEVELS]
    return [
        *refusal("elsewhere", "{} is recorded at another site.", away),
        *refusal("too_deep", "{} has " + str(MOST_LEVELS) + " levels of packing inside.", deep),
        *(own_number(case) if case.makes_parent else ()),
    ]


def own_number(case: Case) -> list[Refusal]:
    """An SSCC that comes to life is not made of a company prefix registered to somebody else."""
    foreign = []
    for id, path in case.act.packages:
        if not path.startswith("00/") or id in case.states:
            continue
        owners = {
            owner
            for length in range(4, 13)
            if (owner := case.world.prefixes.get(path[4 : 4 + length])) is not None
        }
        if owners and case.actor.id not in owners:
            foreign.append(path)
    return refusal("prefix_not_yours", "{} carries the company prefix of somebody else.", foreign)


def unpacking(case: Case) -> list[Refusal]:
    parent_id = case.act.packages[0][0]
    out = [s.path for s in case.known if s.id != parent_id and s.parent != parent_id]
    return refusal("not_inside", "{} is not inside that container.", out)


def undo_window(case: Case) -> list[Refusal]:
    """Undone within ten days and where it was done (2016/161 art. 13)."""
    late = [s.path for s in case.known if case.latest - s.status_at > UNDO_WINDOW]
    place = case.place
    elsewhere = [s.path for s in case.known if place is not None and s.site != place.id]
    return [
        *refusal("undo_window_over", "{} was done more than ten days ago.", late),
        *refusal("undo_elsewhere", "{} was done at another site.", elsewhere),
    ]
