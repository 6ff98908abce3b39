"""The wire, pure: typed messages and codecs from untrusted bytes. No I/O."""
