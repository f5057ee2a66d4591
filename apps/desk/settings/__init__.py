"""Administration: who works here and how they sign in, sites, tokens, keys, webhooks, partners, the record of all of
it, and for the authority and the installation's staff the state of the platform."""
