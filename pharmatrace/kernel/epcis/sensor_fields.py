"""The fields of sensor metadata and sensor reports (EPCIS 2.0 §7.3.7): name in JSON and XML,
attribute in our model, and what may stand there. Readers and writers share this table.
"""

from __future__ import annotations

from pharmatrace.kernel.epcis.vocabulary import (
    COMPONENT,
    MEASUREMENT_TYPE,
    SENSOR_EXCEPTION,
    Vocabulary,
)

# `uri`, `key` (a URI, brought into normal form), `moment`, `number`, `text`, `flag`, `hex`, or the
# vocabulary whose words are allowed besides URIs.
Kind = str | Vocabulary

METADATA_FIELDS: dict[str, tuple[str, Kind]] = {
    "time": ("time", "moment"),
    "startTime": ("start_time", "moment"),
    "endTime": ("end_time", "moment"),
    "deviceID": ("device_id", "key"),
    "deviceMetadata": ("device_metadata", "uri"),
    "rawData": ("raw_data", "uri"),
    "dataProcessingMethod": ("data_processing_method", "uri"),
    "bizRules": ("biz_rules", "uri"),
}

REPORT_FIELDS: dict[str, tuple[str, Kind]] = {
    "type": ("type", MEASUREMENT_TYPE),
    "exception": ("exception", SENSOR_EXCEPTION),
    "deviceID": ("device_id", "key"),
    "deviceMetadata": ("device_metadata", "uri"),
    "rawData": ("raw_data", "uri"),
    "dataProcessingMethod": ("data_processing_method", "uri"),
    "bizRules": ("biz_rules", "uri"),
    "time": ("time", "moment"),
    "microorganism": ("microorganism", "uri"),
    "chemicalSubstance": ("chemical_substance", "uri"),
    "coordinateReferenceSystem": ("coordinate_reference_system", "uri"),
    "value": ("value", "number"),
    "component": ("component", COMPONENT),
    "stringValue": ("string_value", "text"),
    "booleanValue": ("boolean_value", "flag"),
    "hexBinaryValue": ("hex_binary_value", "hex"),
    "uriValue": ("uri_value", "uri"),
    "minValue": ("min_value", "number"),
    "maxValue": ("max_value", "number"),
    "meanValue": ("mean_value", "number"),
    "sDev": ("s_dev", "number"),
    "percRank": ("perc_rank", "number"),
    "percValue": ("perc_value", "number"),
    "uom": ("uom", "text"),
}
