"""Pages of work in the background, a module for each noun."""
