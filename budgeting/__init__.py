"""Process 7, Planning and Budgeting: finance, HR, IT and marketing plans linked to strategy."""
