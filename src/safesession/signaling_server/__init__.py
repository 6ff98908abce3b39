"""Two-seat rooms that relay sealed envelopes. Never learns what they hold."""
