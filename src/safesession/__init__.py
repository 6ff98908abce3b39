"""SafeSession: a counselor and a client alone in a private room on the internet."""

__version__ = "0.1.0"
