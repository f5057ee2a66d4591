"""Lists as files: CSV, XLSX, PDF and EPCIS, each saying what it was narrowed to, when it was made and by whom."""
