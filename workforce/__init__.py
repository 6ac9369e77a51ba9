"""Process 8, Workforce Alignment: goals, incentives, development."""
