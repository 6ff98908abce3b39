"""Pure cryptography with injected entropy. No I/O, no clock, no logging."""
