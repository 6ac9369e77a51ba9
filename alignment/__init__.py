"""Process 2, Organization Alignment: unit plans, cascade, contributions, catchball, asks."""
