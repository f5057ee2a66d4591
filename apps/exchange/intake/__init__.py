"""Files in, an acknowledgement out: `manage.py import`, the watched folder, the CSV and XLSX templates.

The way of a file: `work` copies it to a folder of ours, `recognising` says what it is, `epcis_files` or `tables`
and `gathering` make lines of it (an event, a product or a batch each, or why not), `spool` keeps them, `capturing`
takes them through the one door as steps of a job, and `acknowledging` tells what became of every one. Each part may
be killed at any moment and be started again (docs/files.md).
"""

from __future__ import annotations
