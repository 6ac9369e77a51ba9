"""Input of process 4, a module each."""
