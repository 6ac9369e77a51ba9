"""What happened: one event per action, row changes written by a database trigger; append-only, below every app that writes."""
