"""Work a person can watch: jobs with progress, the outbox, schedules by unique slot, produced files, import mappings and runs."""
