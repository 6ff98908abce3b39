"""The aiortc peer connection and the seams into it."""
