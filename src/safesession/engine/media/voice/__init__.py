"""Speech: Opus, redundancy on the wire, adaptive playout. No device, no network."""
