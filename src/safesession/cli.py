"""The `safesession` command: windows, headless peer, demo, archive, gallery.

Parses arguments and hands over; decides nothing about a session. Secrets that
are not meant to be typed here come from files or the environment, never argv.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path

from safesession import __version__, logs
from safesession.core.status import Role
from safesession.errors import SafeSessionError


TOKEN_VARIABLE = "SAFESESSION_ENROL_TOKEN"  # noqa: S105 - the name of a variable


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the process's exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = _parser().parse_args(_with_default_command(arguments))
    logs.configure(verbose=options.verbose)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return 130
    except asyncio.CancelledError:
        return 143  # SIGTERM, as a shell counts it
    except SafeSessionError as error:
        print(f"safesession: {_sentence(error)}", file=sys.stderr)
        return 1


def _with_default_command(arguments: list[str]) -> list[str]:
    """The desktop starts us with nothing, or with a `safesession:` link."""
    if not arguments or arguments[0].lower().startswith("safesession:"):
        return ["app", *arguments]
    return arguments


def _sentence(error: SafeSessionError) -> str:
    detail = str(error)
    return f"{detail} ({error.code})" if detail else error.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="safesession",
        description="A counselor and a client alone in a private room.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--verbose", action="store_true", help="more log lines")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    app = commands.add_parser("app", help="open the window")
    app.add_argument("link", nargs="?", default="", help="a safesession: link")
    app.add_argument("--demo-pair", action="store_true", help=argparse.SUPPRESS)
    app.add_argument("--role", choices=["counselor", "client"], help=argparse.SUPPRESS)
    app.add_argument("--server", default="", metavar="URL")
    app.add_argument("--state", type=Path, metavar="DIR")
    app.add_argument("--demo-media", action="store_true", help=argparse.SUPPRESS)
    app.add_argument("--follow-parent", action="store_true", help=argparse.SUPPRESS)
    app.set_defaults(run=_app)

    peer = commands.add_parser("peer", help="one endpoint without a window")
    sides = peer.add_subparsers(required=True, metavar="host|join")
    host = sides.add_parser("host", help="create an invite and wait")
    where = host.add_mutually_exclusive_group(required=True)
    where.add_argument("--server", default="", metavar="URL")
    where.add_argument(
        "--embedded", action="store_true", help="start a server on loopback too"
    )
    host.set_defaults(run=_peer, role=Role.COUNSELOR, code="")
    join = sides.add_parser("join", help="enter with a code")
    join.add_argument("--server", default="", metavar="URL")
    join.add_argument("--code", required=True, help="16 digits or a safesession: link")
    join.set_defaults(run=_peer, role=Role.CLIENT, embedded=False)
    for side in (host, join):
        _peer_arguments(side)

    demo = commands.add_parser("demo", help="a whole call with both sides here")
    demo.add_argument("--headless", action="store_true", required=True)
    demo.add_argument("--seconds", type=float, default=20.0)
    demo.add_argument("--picture", type=Path, default=Path("safesession-demo.png"))
    demo.set_defaults(run=_demo)

    unpack = commands.add_parser(
        "open-archive", help="open an encrypted archive of notes into a new folder"
    )
    unpack.add_argument("file", type=Path)
    unpack.add_argument("folder", type=Path, help="is made; must not be there yet")
    unpack.set_defaults(run=_unpack)

    gallery = commands.add_parser("gallery", help="draw every page to PNG files")
    gallery.add_argument("folder", type=Path)
    gallery.set_defaults(run=_gallery)
    return parser


def _peer_arguments(side: argparse.ArgumentParser) -> None:
    side.add_argument("--state", type=Path, metavar="DIR", help="keep keys here")
    side.add_argument("--name", default="", help="shown to the other person")
    side.add_argument("--video", type=Path, metavar="FILE")
    side.add_argument("--audio", type=Path, metavar="FILE")
    side.add_argument("--record", type=Path, metavar="DIR")
    side.add_argument("--say", action="append", default=[], metavar="TEXT")
    side.add_argument("--seconds", type=float, default=20.0)
    side.add_argument("--json", action="store_true", dest="as_json")
    side.add_argument(
        "--accept-safety-code",
        action="store_true",
        help="confirm the words without a person comparing them",
    )


def _app(options: argparse.Namespace) -> int:
    from safesession import app

    return app.main(
        app.AppOptions(
            link=options.link,
            demo_pair=options.demo_pair,
            role=Role(options.role) if options.role else None,
            server_origin=options.server,
            state_dir=options.state,
            demo_media=options.demo_media,
            follow_parent=options.follow_parent,
            enrolment_token=os.environ.get(TOKEN_VARIABLE, ""),
        ),
    )


def _peer(options: argparse.Namespace) -> int:
    from safesession.headless.events import EventWriter
    from safesession.headless.peer import HeadlessPeer, PeerOptions
    from safesession.signaling_server.temporary import TemporaryServer

    peer_options = PeerOptions(
        role=options.role,
        server_origin=options.server,
        embedded=TemporaryServer() if options.embedded else None,
        code=options.code,
        enrolment_token=os.environ.get(TOKEN_VARIABLE, ""),
        state_dir=options.state,
        display_name=options.name,
        video=options.video,
        audio=options.audio,
        record=options.record,
        say=tuple(options.say),
        seconds=options.seconds,
        accept_safety_code=options.accept_safety_code,
    )
    writer = EventWriter(as_json=options.as_json)
    return _run(HeadlessPeer(peer_options, writer).run())


def _demo(options: argparse.Namespace) -> int:
    from safesession.headless.demo import run_demo

    return _run(run_demo(options.seconds, options.picture))


def _run(work: Coroutine[None, None, int]) -> int:
    """Run to the end; Ctrl+C and SIGTERM cancel, and what is open is closed."""
    from safesession.engine.host import new_event_loop

    async def stoppable() -> int:
        task = asyncio.current_task()
        with contextlib.suppress(NotImplementedError):  # Windows has no SIGTERM
            loop = asyncio.get_running_loop()
            if task is not None:
                loop.add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(stoppable())


def _unpack(options: argparse.Namespace) -> int:
    from safesession.headless.unpack import unpack

    passphrase = getpass.getpass("Passphrase of this archive: ")
    count = unpack(options.file, passphrase, options.folder)
    print(f"{count} notes in {options.folder}")
    return 0


def _gallery(options: argparse.Namespace) -> int:
    from safesession import app

    return app.gallery(options.folder)


if __name__ == "__main__":
    raise SystemExit(main())
