"""What every app stands on and that knows no word of strategy: access, periods, registries, documents, charts, forms."""
