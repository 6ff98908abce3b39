"""Sans-I/O machines: inputs and the time in, effects out. Decides everything."""
