"""Pure rules of the shared model: a strategy's content as one value, and where things stand on the map."""
