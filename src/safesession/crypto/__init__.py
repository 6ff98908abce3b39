"""Pure cryptography with injected entropy. No I/O, no clock, no logging.

Only here are libsodium (PyNaCl's bindings) and `cryptography` used. Section
numbers in this room refer to docs/PROTOCOL.md.
"""
