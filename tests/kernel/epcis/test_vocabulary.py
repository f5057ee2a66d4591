from __future__ import annotations

import json

import pytest

from pharmatrace.kernel.epcis import vocabulary


@pytest.mark.parametrize(
    ("words", "field"),
    [(vocabulary.BIZ_STEPS, "bizStep"), (vocabulary.DISPOSITIONS, "disposition")],
)
def test_our_words_are_those_of_the_standard(conformance, words, field):
    context = json.loads((conformance / "gs1-epcis/epcis-context.jsonld").read_text())
    terms = context["@context"][field]["@context"]
    assert words == {word for word in terms if not word.startswith("@")}


@pytest.mark.parametrize(
    ("bare", "text", "word"),
    [
        (vocabulary.bare_biz_step, "shipping", "shipping"),
        (vocabulary.bare_biz_step, "cbv:BizStep-polishing", "cbv:BizStep-polishing"),
        (vocabulary.bare_disposition, "cbv:Disp-active", "active"),
        (vocabulary.bare_biz_transaction_type, "urn:epcglobal:cbv:btt:po", "po"),
        (vocabulary.bare_source_destination_type, "https://ref.gs1.org/cbv/SDT-location",
         "location"),
    ],
)  # fmt: skip
def test_bare_words(bare, text, word):
    assert bare(text) == word
