"""Rules of time for background work; they know no database and no clock."""
