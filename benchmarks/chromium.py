"""Two headless Chromium processes in one WebRTC call, as the peer to compare with.

Driven over the DevTools protocol. The call is made equal to ours: the same clip
as camera and microphone, VP8, at most the rate ours sent, no echo canceller, noise
suppression or gain control, nothing painted. What really ran is read from
getStats; a call that was not 720p at full rate both ways is no comparison and
raises NotMeasuredError.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.clip import Clip
from benchmarks.processes import Usage, Window
from benchmarks.report import NotMeasuredError


PAGE = Path(__file__).with_name("chromium_call.html")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--remote-debugging-port=0",
)
# Our encoder's highest rung.
MAX_VIDEO_BPS = 1_500_000
MIN_FPS = 29.0
START_LIMIT_S = 20.0
CALL_LIMIT_S = 15.0


@dataclass(frozen=True, slots=True)
class ChromiumCall:
    """One measured call; tuples are (offerer, answerer), bit/s of video alone."""

    usage: Usage
    fps: tuple[float, float]
    video_bps: tuple[float, float]
    total_bps: tuple[float, float]
    encoder: str

    @property
    def peer_cores(self) -> float:
        """Cores of the costlier browser."""
        return max(self.usage.cores.values())


def find() -> str:
    """Return the path of an installed Chromium.

    Raises:
        NotMeasuredError: there is none.
    """
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise NotMeasuredError("Chromium is not installed (Debian: apt install chromium)")


async def version(binary: str) -> str:
    """Return what `--version` prints, without the name of the distribution."""
    process = await asyncio.create_subprocess_exec(
        binary,
        "--version",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    words = out.decode("utf-8", "replace").split()
    return " ".join(words[:2])


async def measure_call(
    binary: str, clip: Clip, *, video_bps: int, settle_s: float, window_s: float
) -> ChromiumCall:
    """Hold one call between two Chromiums and measure a window of it.

    Args:
        binary: the browser.
        clip: what both show and say.
        video_bps: the encoder's upper bound, so that both do the same work.
        settle_s: how long from the first picture to the window.
        window_s: the window's length.

    Raises:
        NotMeasuredError: it did not start, connect, or run as it should.
    """
    async with contextlib.AsyncExitStack() as stack:
        one, two = await _both_browsers(stack, binary, clip)
        offer = await one.call("offer", video_bps)
        answer = await two.call("answer", video_bps, offer)
        await one.call("accept", answer)
        await _until_pictures(one)
        await _until_pictures(two)
        await asyncio.sleep(settle_s)
        before = [await one.call("stats"), await two.call("stats")]
        window = Window({"offerer": one.pid, "answerer": two.pid})
        await asyncio.sleep(window_s)
        usage = window.close()
        after = [await one.call("stats"), await two.call("stats")]
    return checked(usage, before, after)


async def _both_browsers(
    stack: contextlib.AsyncExitStack, binary: str, clip: Clip
) -> tuple[Page, Page]:
    """Start both at once; `stack` ends them."""
    starting = [stack.enter_async_context(browser(binary, clip)) for _ in range(2)]
    one, two = await asyncio.gather(*starting, return_exceptions=True)
    for started in (one, two):
        if isinstance(started, BaseException):
            raise started
    assert isinstance(one, Page)  # noqa: S101 - for the type checker
    assert isinstance(two, Page)  # noqa: S101
    return one, two


def rate(before: dict[str, Any], after: dict[str, Any], name: str) -> float:
    """Return a counter's growth per second between two `stats()`."""
    return float((after[name] - before[name]) / (after["at"] - before["at"]))


def checked(
    usage: Usage, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> ChromiumCall:
    """Return the call between two `stats()` of each end, if it was the one meant.

    Raises:
        NotMeasuredError: it was not VP8 720p at full rate with sound both ways.
    """
    ends = list(zip(before, after, strict=True))
    fps = [rate(b, a, "decoded") for b, a in ends]
    sound_hz = [rate(b, a, "soundSamples") for b, a in ends]
    for end, end_fps, end_hz in zip(after, fps, sound_hz, strict=True):
        size = (end["width"], end["height"])
        if end["codec"].lower() != "video/vp8" or size != (1280, 720):
            raise NotMeasuredError(f"Chromium sent {end['codec']} {size}, not VP8 720p")
        if end_fps < MIN_FPS:
            raise NotMeasuredError(f"Chromium showed only {end_fps:.1f} fps")
        if end_hz < 40_000:
            raise NotMeasuredError("Chromium played no sound")
    bps = [8 * rate(b, a, "videoBytes") for b, a in ends]
    total = [8 * rate(b, a, "bytesSent") for b, a in ends]
    # What one end receives the other has sent.
    return ChromiumCall(
        usage=usage,
        fps=(fps[1], fps[0]),
        video_bps=(bps[1], bps[0]),
        total_bps=(total[0], total[1]),
        encoder=str(after[0].get("encoder", "")),
    )


async def _until_pictures(page: Page) -> None:
    try:
        async with asyncio.timeout(CALL_LIMIT_S):
            while (await page.call("stats")).get("decoded", 0) < 1:
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise NotMeasuredError("the Chromium call did not connect") from None


class Page:
    """The call page of one browser, over its DevTools websocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, pid: int) -> None:
        self._socket = socket
        self._number = 0
        self.pid = pid

    async def call(self, function: str, *arguments: object) -> Any:
        """Call a function of chromium_call.html and return what it resolves to."""
        listed = ", ".join(json.dumps(argument) for argument in arguments)
        result = await self._command(
            "Runtime.evaluate",
            expression=f"{function}({listed})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            problem = result["exceptionDetails"].get("exception", {})
            told = problem.get("description", "an error").splitlines()[0]
            raise NotMeasuredError(f"Chromium's {function}(): {told}")
        return result["result"].get("value")

    async def open(self, page: Path) -> None:
        """Go to `page` and wait until it is loaded."""
        await self._command("Page.enable")
        await self._command("Page.navigate", url=page.as_uri())
        async with asyncio.timeout(START_LIMIT_S):
            while not await self._loaded():
                await asyncio.sleep(0.05)

    async def _loaded(self) -> bool:
        result = await self._command(
            "Runtime.evaluate", expression="typeof offer === 'function'"
        )
        return result.get("result", {}).get("value") is True

    async def _command(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        number = self._number
        await self._socket.send_json(
            {"id": number, "method": method, "params": parameters}
        )
        async with asyncio.timeout(START_LIMIT_S):
            while True:
                message = await self._socket.receive_json()
                if message.get("id") == number:
                    break
        if "error" in message:
            raise NotMeasuredError(f"DevTools: {message['error'].get('message')}")
        result: dict[str, Any] = message["result"]
        return result


@contextlib.asynccontextmanager
async def browser(binary: str, clip: Clip) -> AsyncIterator[Page]:
    """Start one Chromium with the clip as its devices; end all of it afterwards."""
    profile = Path(tempfile.mkdtemp(prefix="safesession-chromium-"))
    process = await asyncio.create_subprocess_exec(
        binary,
        *FLAGS,
        f"--use-file-for-fake-video-capture={clip.video}",
        f"--use-file-for-fake-audio-capture={clip.audio}",
        f"--user-data-dir={profile}",
        "about:blank",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = await _devtools_port(profile, process)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                targets = await response.json()
            url = next(
                t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page"
            )
            async with session.ws_connect(url, max_msg_size=0) as socket:
                page = Page(socket, process.pid)
                await page.open(PAGE)
                yield page
    except (aiohttp.ClientError, TimeoutError, StopIteration, TypeError) as error:
        raise NotMeasuredError(f"Chromium's DevTools: {error!r}") from None
    finally:
        await _end(process)
        shutil.rmtree(profile, ignore_errors=True)


async def _devtools_port(profile: Path, process: asyncio.subprocess.Process) -> int:
    """Wait for the file in which Chromium tells its port."""
    told = profile / "DevToolsActivePort"
    for _ in range(int(START_LIMIT_S / 0.05)):
        if process.returncode is not None:
            raise NotMeasuredError(f"Chromium ended with code {process.returncode}")
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(told.read_text().splitlines()[0])
        await asyncio.sleep(0.05)
    raise NotMeasuredError("Chromium did not open its DevTools port")


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the browser's whole process group, which is its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(3):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
