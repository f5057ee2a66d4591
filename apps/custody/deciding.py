"""Each event of a document in its turn: decided by the rules that apply to it, and signed.

Three things may come through the door: an act of custody, an event about things we do not track, and a
declaration that an earlier event was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.custody.event_facts import Facts, act_facts, declaration_facts, unmanaged_facts
from apps.custody.items import Item
from apps.custody.loading import Loaded
from apps.custody.past import Original, Past
from apps.custody.strangers import Registered
from apps.custody.telling import tell_the_world, untell_the_world
from apps.ledger.services import Draft, sign
from apps.ledger.services.sign import PackageFact
from apps.parties.actor import Actor
from apps.parties.signing import Signer
from pharmatrace.kernel.custody.act import RESOLVER, site_of
from pharmatrace.kernel.custody.checks import CLOCK_SKEW
from pharmatrace.kernel.custody.corrections import declared_in_time, may_declare, reverse
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.effects import OUTGOING
from pharmatrace.kernel.custody.kinds import UNMANAGED
from pharmatrace.kernel.custody.unmanaged import too_many
from pharmatrace.kernel.custody.world import Party
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.refusal import Refusal, Refused


@dataclass(slots=True)
class Table:
    """What lies on the table while a document is decided: who acts, and what is known of the world."""

    actor: Actor
    signer: Signer
    loaded: Loaded
    registered: Registered
    past: Past
    at: datetime
    partner_id: UUID | None = None  # whose document it is, where that is a partner's own

    def take(self, item: Item) -> None:
        """Accepts an event or puts every rule it breaks into its outcome."""
        try:
            if item.declaration is not None:
                self._declare(item)
            elif self.registered.is_stranger(item, self.loaded):
                self._store(item)
            elif item.act is not None:
                self._act(item)
        except Refused as refused:
            item.outcome.refusals = refused.refusals

    def _act(self, item: Item) -> None:
        act, loaded = item.act, self.loaded
        assert act is not None
        item.partner = loaded.partner_at(act.site)
        self._refuse_others(item.partner)
        party = item.partner or loaded.actor
        item.states = decide(loaded.states, act, party, self.at, world=loaded.world)
        outgoing = act.kind in OUTGOING
        other = loaded.world.parties.get((act.consignee if outgoing else act.sender) or "")
        item.site_id = loaded.world.places[act.site or ""].id
        item.counterparty_id = other.id if other else None
        item.reference = act.reference[:80]
        facts = act_facts(
            event=item.event, event_hash=item.hash, act=act, actor=self.actor,
            partner=item.partner, loaded=loaded,
        )  # fmt: skip
        self._accept(item, facts, self._links(item))
        tell_the_world(act, item.states, loaded.world)
        self.past.remember(
            item, kind=act.kind.value, actor_id=self.actor.organisation_id, loaded=loaded
        )

    def _store(self, item: Item) -> None:
        """Whoever may record may keep what it was told about other people's things: it says nothing of ours."""
        names = self.registered.names[item.hash]
        if refusals := [*too_many(names), *self._in_future(item.event.event_time)]:
            raise Refused(refusals)
        site = site_of(item.event)
        place = self.loaded.world.places.get(site or "")
        item.partner = self.loaded.partner_at(site)
        if place is not None:
            self._refuse_others(item.partner)
        item.site_id = place.id if place else None
        item.act = None
        item.outcome.kind = UNMANAGED
        item.outcome.refusals = ()
        facts = unmanaged_facts(
            event=item.event, event_hash=item.hash, actor=self.actor, partner=item.partner,
            loaded=self.loaded,
        )  # fmt: skip
        self._accept(item, facts, [])
        self.past.remember(
            item, kind=UNMANAGED, actor_id=self.actor.organisation_id, loaded=self.loaded
        )

    def _declare(self, item: Item) -> None:
        original = self.past.originals.get(item.hash)
        if original is None:
            raise Refused.one(
                "declared_unknown",
                "The event that is declared wrong was never recorded here: nothing recorded has its hash.",
                event=item.hash,
            )
        self._refuse_others(original.partner)
        if original.kind == UNMANAGED:
            self._declare_unmanaged(item, original)
        else:
            self._take_back(item, original)

    def _declare_unmanaged(self, item: Item, original: Original) -> None:
        declaration, me = item.declaration, self.actor.organisation_id
        assert declaration is not None
        if refusals := [
            *may_declare(original.recorders, me),
            *declared_in_time(declaration.declared_at, self.at),
        ]:
            raise Refused(refusals)
        item.act = None
        item.outcome.refusals = ()
        self._accept(item, self._declaration_facts(item, original), [])

    def _take_back(self, item: Item, original: Original) -> None:
        declaration, act, past = item.declaration, item.act, self.past
        assert declaration is not None
        if act is None:
            raise Refused(item.outcome.refusals)
        item.states = reverse(
            original.declared(item.hash),
            act.packages,
            states=self.loaded.states,
            lives=past.lives,
            declarer=self.actor.organisation_id,
            declared_at=declaration.declared_at,
            now=self.at,
        )
        facts = self._declaration_facts(item, original)
        self._accept(item, facts, self._links(item))
        past.lives.wrong.add(item.hash)
        untell_the_world(act, item.states, self.loaded.world)

    def _declaration_facts(self, item: Item, original: Original) -> Facts:
        """A declaration is about the same place, parties and delivery as what it declares wrong."""
        assert item.declaration is not None
        own = original.actor_id == self.actor.organisation_id
        item.partner = original.partner if own else None
        item.site_id, item.counterparty_id = original.site_id, original.counterparty_id
        item.reference = original.reference
        return declaration_facts(
            event=item.event,
            event_hash=item.hash,
            declaration=item.declaration,
            declares=original.root,
            managed=original.kind != UNMANAGED,
            actor=self.actor,
            partner=item.partner,
            loaded=self.loaded,
        )

    def _refuse_others(self, partner: Party | None) -> None:
        """A partner's document tells what that partner did: it is no way to act as anybody else, least of all
        as whoever records it."""
        if self.partner_id is None or (partner is not None and partner.id == self.partner_id):
            return
        raise Refused.one(
            "not_the_partners", "This comes from a partner, and tells what somebody else did."
        )

    def _in_future(self, moment: datetime) -> list[Refusal]:
        if moment <= self.at + CLOCK_SKEW:
            return []
        sentence = f"The event says {moment.isoformat()}, which has not come yet."
        return [Refusal("in_future", sentence, {"field": "eventTime"})]

    def _links(self, item: Item) -> list[PackageFact]:
        """The next fact in the chain of every package that the event names."""
        assert item.act is not None
        return [(RESOLVER + path, *self._next_link(id)) for id, path in item.act.packages]

    def _next_link(self, id: UUID) -> tuple[int, bytes | None]:
        end = self.loaded.chain.get(id)
        return (0, None) if end is None else (end[0] + 1, end[1])

    def _accept(self, item: Item, facts: Facts, links: Sequence[PackageFact]) -> None:
        loaded = self.loaded
        item.signed = sign(
            Draft(
                type=EntryType.CUSTODY,
                signer=self.signer,
                iss=self.actor.did,
                subject=item.hash,
                facts=facts,
                packages=links,
            ),
            at=self.at,
        )
        item.outcome.fate = "accepted"
        for state, (_, seq, _), leaf in zip(
            item.states, links, item.signed.package_leaves, strict=True
        ):
            loaded.states[state.id] = state
            loaded.chain[state.id] = (seq, leaf)
