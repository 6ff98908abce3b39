"""One Chromium inside a network namespace, driven by JSON lines on stdin.

Its DevTools listen on loopback, and a namespace has a loopback of its own; so this
small process lives there too. Each line `["function", argument, ...]` calls a function
of chromium_call.html and is answered by its result, or `{"problem": words}`.

    python -m benchmarks.voice_browser VIDEO AUDIO
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from benchmarks import chromium
from benchmarks.clip import Clip
from benchmarks.report import NotMeasuredError


async def serve(clip: Clip) -> None:
    """Obey the lines until they end."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with chromium.browser(chromium.find(), clip) as page:
        while line := await lines.readline():
            name, *arguments = json.loads(line)
            try:
                answer = await page.call(name, *arguments)
            except NotMeasuredError as error:
                answer = {"problem": str(error)}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(serve(Clip(Path(sys.argv[1]), Path(sys.argv[2]))))
    except NotMeasuredError as error:
        sys.exit(str(error))
