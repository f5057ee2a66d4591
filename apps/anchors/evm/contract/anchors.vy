# pragma version 0.4.3
# pragma evm-version cancun
# @license Apache-2.0
"""
@title Sizes and roots of transparency logs, which only grow
@notice
    Whoever calls writes for themselves only: a log is a pair of sender and origin. So nobody can block an origin by
    writing a huge size for it, and nobody has to be trusted to say who owns an origin: the reader knows the address
    of the log, as they know its key. There is no owner, no fee, no upgrade and no way to take anything back.
"""

event Anchored:
    sender: indexed(address)
    origin: indexed(bytes32)
    size: uint64
    root: bytes32

struct Head:
    size: uint64
    root: bytes32
    block: uint256

heads: HashMap[address, HashMap[bytes32, Head]]


@external
def anchor(origin: bytes32, size: uint64, root: bytes32):
    """
    @notice Keeps the head of the caller's log, if it is larger than the one before
    @param origin SHA-256 of the log's origin, as UTF-8
    @param size How many entries the tree has
    @param root The root of the tree (RFC 6962)
    """
    assert size > self.heads[msg.sender][origin].size, "the size does not grow"
    self.heads[msg.sender][origin] = Head(size=size, root=root, block=block.number)
    log Anchored(sender=msg.sender, origin=origin, size=size, root=root)


@external
@view
def latest(sender: address, origin: bytes32) -> Head:
    """
    @notice The newest head that the sender wrote for the origin; size 0 when there is none
    """
    return self.heads[sender][origin]
