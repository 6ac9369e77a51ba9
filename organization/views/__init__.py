"""Pages: units, people, what people may do, my account, settings, a first password."""
