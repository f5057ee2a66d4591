"""What partners told: master data, and what became of it. Events are custody's."""

from __future__ import annotations

from apps.exchange.dscsa.models import TransactionStatement
from apps.exchange.master_data.models import Proposal, VocabularyElement

__all__ = ["Proposal", "TransactionStatement", "VocabularyElement"]
