"""Pages of the shared model: strategies and what stands on their maps, and what people attach to records."""
