"""Camera, microphone and speaker through Qt Multimedia. No UI."""
