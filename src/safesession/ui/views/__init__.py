"""One page or dialog each. Shows a view-model, decides nothing."""
