from __future__ import annotations

import pytest

from pharmatrace.kernel.custody.act import act_of
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.refusal import Refused
from tests.kernel.epcis.shipments import CASE, MIA, pack, packing, shipment, without

QUANTITY = {"epcClass": "https://id.gs1.org/01/04012345111118/10/LOT1", "quantity": 7}
NOTICE = [{"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:{MIA}:ASN1099"}]


@pytest.mark.parametrize(
    "event",
    [
        shipment(type="TransactionEvent", bizTransactionList=NOTICE),
        {**packing(), "type": "AssociationEvent"},
        {
            **without(shipment(), "action", "epcList"),
            "type": "TransformationEvent",
            "inputEPCList": [CASE],
            "outputEPCList": [pack("A")],
        },
        shipment(type="https://mia.example/types/Weighing"),
        shipment(errorDeclaration={"declarationTime": "2026-11-21T00:00:00Z"}),
        shipment(quantityList=[QUANTITY]),
        packing(childQuantityList=[QUANTITY]),
    ],
)
def test_what_custody_does_not_know_is_refused(event):
    with pytest.raises(Refused) as refused:
        act_of(read_event(event))
    assert refused.value.codes == ("unknown_kind",)


def test_what_sensors_say_changes_no_custody():
    report = [{"sensorReport": [{"type": "Temperature", "value": 5.1, "uom": "CEL"}]}]
    assert act_of(read_event(shipment(sensorElementList=report))).kind == "ship"
