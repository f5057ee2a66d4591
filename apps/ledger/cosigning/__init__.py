"""Being a witness for other logs (C2SP tlog-witness), in this installation's database.

What a witness does is in `pharmatrace.witness`; here is the memory (`store`), which logs are known (`logs`), the
keys (`installation_keys`) and the addresses (`views`).
"""
