"""A session without a window: the same core and engine, no Qt."""
