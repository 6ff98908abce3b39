"""The project's own data files, read through importlib.resources.

Nothing here executes; content is copied in, never fetched.
"""
