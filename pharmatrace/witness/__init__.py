"""Being a witness for other logs (C2SP tlog-witness): one protocol, two stores.

`answering` is what a witness does with a request; `keys` are what it cosigns with. The site answers
below `/witness/` from PostgreSQL (apps/ledger/cosigning); `python -m pharmatrace.witness` answers alone,
from one SQLite file (`sqlite_store`, `server`), and needs neither Django nor PostgreSQL.
"""
