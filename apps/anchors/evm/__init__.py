"""A contract of ours on an EVM chain (`contract/anchors.vy`): per sender and origin it accepts only growing sizes.

It protects against an operator that makes up an older history, and lets anybody see the largest tree this log ever
told: a restored backup is behind it (the start-up guard asks). It does not keep the holder of the sender's key from
telling one root here and showing another elsewhere; that is what witnesses are for.

web3 is an extra of its own (requirements/evm.txt); it is imported in `node.py` only.
"""
