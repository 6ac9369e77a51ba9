"""Who we are: units as a dated tree, people, positions, memberships with roles, delegation, sign-in, calendars, rates, Subjects, tokens."""
