"""Commands: parse, one action or query, print."""
