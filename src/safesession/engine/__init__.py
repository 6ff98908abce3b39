"""asyncio adapters that carry out what the core decided. Never decides."""
