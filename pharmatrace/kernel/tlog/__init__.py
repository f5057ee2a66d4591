"""The transparency log, without storage: RFC 6962 trees and the C2SP formats around them.

`tree` hashes, `proofs` proves and checks, `tiles` names and cuts the public files, `note` signs
and opens, `checkpoint` says what is signed, `cosignature` and `subtree_cosignature` are what
witnesses add, `policy` says whose are enough, `witness_protocol` is how a witness is asked and what
it answers, and `prooffile` carries one inclusion proof as text. Storage is one function, `HashReader`.
"""
