"""Pure rules of planning: no Django, no rows."""
