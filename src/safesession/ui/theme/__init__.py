"""Design tokens, palette and the stylesheet."""
