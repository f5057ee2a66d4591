"""Asking witnesses to cosign our checkpoints (DESIGN §5, steps 4 and 5; C2SP tlog-witness, tlog-policy).

`policy_file` says whom, `client` sends, `judging` says what an answer is worth, `asking` goes round, `recording`
remembers, `alarms` are what a person has to look at. A checkpoint that enough have cosigned is published.
"""
