"""Questions across measures, facts and results."""
