"""Camera, microphone and speaker through Qt Multimedia. No UI.

`DeviceManager` (manager.py) is the way in. Sound and pictures leave only
through the ports of `safesession.core.ports`, and never past a shut gate.
"""
