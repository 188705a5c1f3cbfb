"""Networks drawn as nodes and edges, bars and curves."""
