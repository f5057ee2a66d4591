"""Any event of the model: a hypothesis strategy that fills every field."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from pharmatrace.kernel.epcis import vocabulary
from pharmatrace.kernel.epcis.model import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransactionEvent,
    TransformationEvent,
    whole_milliseconds,
)
from pharmatrace.kernel.epcis.parts import (
    ErrorDeclaration,
    PersistentDisposition,
    Quantity,
    SensorElement,
    SensorMetadata,
    SensorReport,
)
from tests.kernel.epcis.shipments import CASE, MIA, pack

NAMESPACES = {"my": "https://mia.example/ns/", "your": "urn:your:"}
SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 (hypothesis wants it naive)

URIS = st.sampled_from([f"https://id.gs1.org/417/{MIA}", "urn:x:1", "https://d.example/po/7?a#b"])
CLASSES = st.sampled_from(
    ["https://id.gs1.org/01/04012345111118/10/L%2F1", "https://id.gs1.org/01/04012345111118"]
)
EPCS = st.lists(
    st.sampled_from([pack("A"), pack("B%2F1"), CASE, "urn:x:epc"]), unique=True, min_size=1
).map(tuple)
MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=SOME_DAY)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
LEAVES = TEXTS | NUMBERS | st.booleans() | st.sampled_from(["my:word", "007", "2026-01-01"])
NAMES = st.sampled_from(["my:a", "my:bList", "your:c", "my:time"])
OWN = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=4
    ),
    max_size=3,
)
MAYBE_URI = st.none() | URIS
MAYBE_NUMBER = st.none() | NUMBERS
MAYBE_MOMENT = st.none() | MOMENTS


def words(of: vocabulary.Vocabulary) -> st.SearchStrategy[str]:
    return st.sampled_from([*sorted(of.words), "https://mia.example/word", of.web + "unheardOf"])


QUANTITIES = st.lists(
    st.builds(
        Quantity,
        epc_class=CLASSES,
        quantity=MAYBE_NUMBER,
        uom=st.sampled_from([None, "KGM", "E4"]),
    ),
    max_size=3,
).map(tuple)
METADATA = st.builds(
    SensorMetadata, time=MAYBE_MOMENT, start_time=MAYBE_MOMENT, end_time=MAYBE_MOMENT,
    device_id=MAYBE_URI, device_metadata=MAYBE_URI, raw_data=MAYBE_URI,
    data_processing_method=MAYBE_URI, biz_rules=MAYBE_URI, extensions=OWN,
)  # fmt: skip
REPORTS = st.builds(
    SensorReport, type=words(vocabulary.MEASUREMENT_TYPE),
    exception=st.none() | words(vocabulary.SENSOR_EXCEPTION), device_id=MAYBE_URI,
    device_metadata=MAYBE_URI, raw_data=MAYBE_URI, data_processing_method=MAYBE_URI,
    biz_rules=MAYBE_URI, time=MAYBE_MOMENT, microorganism=MAYBE_URI, chemical_substance=MAYBE_URI,
    coordinate_reference_system=MAYBE_URI, value=MAYBE_NUMBER,
    component=st.none() | words(vocabulary.COMPONENT), string_value=st.none() | TEXTS,
    boolean_value=st.none() | st.booleans(), hex_binary_value=st.sampled_from([None, "00fF"]),
    uri_value=MAYBE_URI, min_value=MAYBE_NUMBER, max_value=MAYBE_NUMBER, mean_value=MAYBE_NUMBER,
    s_dev=MAYBE_NUMBER, perc_rank=MAYBE_NUMBER, perc_value=MAYBE_NUMBER,
    uom=st.sampled_from([None, "CEL"]), extensions=OWN,
)  # fmt: skip
SENSORS = st.lists(
    st.builds(
        SensorElement,
        metadata=st.none() | METADATA,
        reports=st.lists(REPORTS, min_size=1, max_size=2).map(tuple),
        extensions=OWN,
    ),
    max_size=2,
).map(tuple)
DISPOSITIONS = st.lists(words(vocabulary.DISPOSITION), unique=True, min_size=1, max_size=2).map(
    tuple
)
LASTING = st.builds(PersistentDisposition, set=DISPOSITIONS) | st.builds(
    PersistentDisposition, set=DISPOSITIONS, unset=DISPOSITIONS
)
DECLARATIONS = st.builds(
    ErrorDeclaration,
    declared_at=MOMENTS,
    reason=st.none() | words(vocabulary.ERROR_REASON),
    corrective_event_ids=st.lists(URIS, max_size=2).map(tuple),
    extensions=OWN,
)


def _pairs(of: vocabulary.Vocabulary, *, typed: bool = True) -> st.SearchStrategy[tuple]:
    kinds = words(of) if typed else st.none() | words(of)
    return st.lists(st.tuples(kinds, URIS), max_size=2).map(tuple)


PLACED = {
    "event_time": MOMENTS.map(whole_milliseconds),
    "event_time_zone_offset": st.sampled_from(["+00:00", "-05:30", "+14:00"]),
    "biz_step": st.none() | words(vocabulary.BIZ_STEP),
    "disposition": st.none() | words(vocabulary.DISPOSITION),
    "read_point": URIS,
    "read_point_extensions": OWN,
    "biz_location": URIS,
    "biz_location_extensions": OWN,
    "sources": _pairs(vocabulary.SOURCE_DESTINATION_TYPE),
    "destinations": _pairs(vocabulary.SOURCE_DESTINATION_TYPE),
    "sensor_elements": SENSORS,
    "certification_info": st.lists(URIS, max_size=2).map(tuple),
    "error_declaration": st.none() | DECLARATIONS,
    "event_id": MAYBE_URI,
    "record_time": st.none() | MOMENTS.map(whole_milliseconds),
    "extensions": OWN,
    "namespaces": st.just(NAMESPACES),
}
SHARED = PLACED | {"biz_transactions": _pairs(vocabulary.BIZ_TRANSACTION_TYPE, typed=False)}
ACTION = {"action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]), "quantities": QUANTITIES}
FAMILY = {"parent": st.just(CASE), "children": EPCS}

EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        ObjectEvent,
        epcs=EPCS,
        persistent_disposition=st.none() | LASTING,
        **SHARED | ACTION | {"action": st.just("ADD"), "ilmd": OWN},
    ),
    st.builds(AggregationEvent, **SHARED | ACTION | FAMILY),
    st.builds(AssociationEvent, **SHARED | ACTION | FAMILY),
    st.builds(
        TransactionEvent,
        epcs=EPCS,
        parent=st.none() | st.just(CASE),
        biz_transactions=st.lists(
            st.tuples(st.none() | words(vocabulary.BIZ_TRANSACTION_TYPE), URIS), min_size=1, max_size=2
        ).map(tuple),
        **PLACED | ACTION,
    ),
    st.builds(
        TransformationEvent,
        input_epcs=EPCS,
        input_quantities=QUANTITIES,
        output_epcs=EPCS,
        output_quantities=QUANTITIES,
        transformation_id=MAYBE_URI,
        persistent_disposition=st.none() | LASTING,
        ilmd=OWN,
        **SHARED,
    ),
)  # fmt: skip
