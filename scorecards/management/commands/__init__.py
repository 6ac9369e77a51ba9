"""Commands of scorecards, one per module."""
