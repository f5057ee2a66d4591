"""What partners ask again and again, whom reports go to, what they told of things. Events are custody's."""

from __future__ import annotations

from apps.exchange.dscsa.models import TransactionStatement
from apps.exchange.feed_models import Feed
from apps.exchange.master_data.models import Proposal, VocabularyElement
from apps.exchange.serials.models import SerialList
from apps.exchange.subscription_models import Delivery, NamedQuery, Subscription

__all__ = [
    "Delivery",
    "Feed",
    "NamedQuery",
    "Proposal",
    "SerialList",
    "Subscription",
    "TransactionStatement",
    "VocabularyElement",
]
