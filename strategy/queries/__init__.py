"""Questions about strategies, what stands on their maps, and what is attached to records."""
