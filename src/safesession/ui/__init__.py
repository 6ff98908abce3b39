"""Qt Widgets. Talks to the engine through core.ports only."""
