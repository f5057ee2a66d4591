"""Evidence: facts that can be shown one by one, signed statements, bundles, and verdicts on them.

`facts` salts, encodes and hashes; `statement` signs a facts root and makes the log entry of it;
`disclosure` chooses what a reader may see; `bundle` is the file; `verdict` checks it.
"""
