"""Process 3, Strategy Reviews: series, agenda, meeting, decisions, packs."""
