"""Prefixes of names in EPCIS JSON-LD: the namespaces a document declares; nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pharmatrace.kernel.epcis.formats import is_loose_uri

GS1_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"

# What GS1's own context declares; a document need not repeat it.
DEFAULT_NAMESPACES: Mapping[str, str] = {
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": "https://ref.gs1.org/cbv/",
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "gs1": "https://gs1.org/voc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}


def declared_namespaces(context: Any) -> dict[str, str]:
    """The prefixes that an `@context` (string, object or list of them) declares by itself. What is
    said to mean something else than a URI is no prefix (JSON-LD 1.1 §4.1.5)."""
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, Mapping):
            for prefix, meaning in part.items():
                if isinstance(meaning, Mapping):
                    meaning = meaning.get("@id")
                if isinstance(meaning, str) and not prefix.startswith("@"):
                    if is_loose_uri(meaning):
                        found[prefix] = meaning
                    else:
                        found.pop(prefix, None)
    return found
