"""Pages of process 1, a module for each noun."""
