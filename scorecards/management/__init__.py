"""Commands of scorecards."""
