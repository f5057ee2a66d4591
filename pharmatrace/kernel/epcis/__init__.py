"""EPCIS 2.0 events: model, JSON-LD reader and writer, vocabulary, event hash."""
