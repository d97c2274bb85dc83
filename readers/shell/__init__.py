"""Shell scripts: what their commands do, as far as a reader of one could tell."""
