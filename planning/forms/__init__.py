"""Input of planning, parsed here and judged by the actions; a module for each noun."""
