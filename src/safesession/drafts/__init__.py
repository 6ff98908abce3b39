"""Unsent text on this computer, sealed, until it was delivered or discarded."""
