// The trees that the entries of a bundle stand in: one for each shard of the log, as { first, checkpoint }, in log order.

/** The number, over all shards, of a shard's entry 0, as its genesis says; whether it may is checked with the genesis. */
export const firstOf = (genesis) => {
  const told = genesis.fact("first");
  return typeof told === "bigint" && told >= 0n ? told : 0n;
};
