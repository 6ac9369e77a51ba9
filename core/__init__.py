"""What every app stands on and that knows no word of strategy: access, periods, panels and the other registries, documents, charts, forms."""
