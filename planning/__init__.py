"""Process 4, Strategic Planning: the strategy map and, in time, analysis, issues, options, assumptions and the planning cycle."""
