"""Sources, sinks, slots and statistics of sound and picture."""
