"""`safesession-server run`: from settings to a server that is told to stop.

SIGTERM drains and stops, SIGHUP reads certificate and log level again. Errors of
the machine are sentences; a broken reload leaves everything as it was.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from safesession import logs
from safesession.errors import SafeSessionError
from safesession.signaling_server.admin import AdminDoor
from safesession.signaling_server.limits import Limits
from safesession.signaling_server.server import ServerConfig, SignalingServer
from safesession.signaling_server.service_manager import ServiceManager
from safesession.signaling_server.settings import Settings, SettingsError
from safesession.signaling_server.tls import Certificate, CertificateFiles
from safesession.signaling_server.turn_credentials import TurnConfig


_log = logging.getLogger(__name__)
Load = Callable[[], Settings]
Say = Callable[[str], None]


def run(load: Load, *, print_port: bool, say: Say) -> None:
    """Serve until told to stop.

    Raises:
        SettingsError: something in the settings or on this machine is wrong.
        StateError: the data folder cannot be used.
    """
    settings = load()
    logs.set_level(settings.log_level)
    serving = _serve(settings, load, print_port=print_port, say=say)
    _run_loop(serving)


def certificate_of(settings: Settings) -> Certificate | None:
    """Read the certificate that the settings name.

    Raises:
        SettingsError: it cannot be used.
    """
    if settings.certificate is None or settings.key is None:
        return None
    return Certificate(CertificateFiles(settings.certificate, settings.key))


def turn_of(settings: Settings) -> TurnConfig:
    """Read the secret shared with the TURN server.

    Raises:
        SettingsError: it cannot be read, or is empty.
    """
    if not settings.turn_urls or settings.turn_secret_file is None:
        return TurnConfig()
    secret = _turn_secret(settings.turn_secret_file)
    return TurnConfig(settings.turn_urls, secret, Limits().turn_life_s)


def _turn_secret(path: Path) -> bytes:
    try:
        secret = path.read_bytes().strip()
    except OSError:
        raise SettingsError(
            "secret_file in [turn] cannot be read by this account; it must exist and "
            f"belong to the server's user: `chown safesession {path}`."
        ) from None
    if not secret:
        raise SettingsError(
            "secret_file in [turn] is empty; write the TURN server's "
            "static-auth-secret into it."
        )
    return secret


def listen_sentence(where: str, error: OSError) -> str:
    """Say why a port cannot be had."""
    match error.errno:
        case errno.EADDRINUSE:
            return f"{where} is taken by another program; choose another with --listen."
        case errno.EACCES:
            return f"this account may not listen on {where}; choose a port above 1023."
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {where}; check --listen."
        case _:
            return f"cannot listen on {where}; check --listen."


def _run_loop(serving: Coroutine[Any, Any, None]) -> None:
    if sys.platform == "win32":
        asyncio.run(serving)
    else:
        import uvloop

        uvloop.run(serving)


async def _serve(settings: Settings, load: Load, *, print_port: bool, say: Say) -> None:
    host, port = settings.listen
    config = ServerConfig(
        settings.data,
        host,
        port,
        origins=settings.origins,
        certificate=certificate_of(settings),
        turn=turn_of(settings),
        trusted_proxies=settings.trusted_proxies,
    )
    server = SignalingServer(config)
    try:
        await server.start()
    except OSError as error:
        raise SettingsError(listen_sentence(f"{host}:{port}", error)) from None
    try:
        await _attend(
            server, settings, _Reload(settings, config, load), print_port, say
        )
    finally:
        await server.stop(settings.drain_s)


async def _attend(
    server: SignalingServer,
    settings: Settings,
    reload: _Reload,
    print_port: bool,
    say: Say,
) -> None:
    admin = AdminDoor(server, settings.data)
    try:
        await admin.open(settings.admin_listen)
    except OSError as error:
        sentence = listen_sentence("the port of [admin]", error)
        raise SettingsError(sentence.replace("--listen", "listen in [admin]")) from None
    manager = ServiceManager()
    told_to_stop = _signals(manager, reload)  # before anybody hears that we are there
    if print_port:
        say(str(server.port))
    say(server.origin)
    try:
        manager.ready()
        while not told_to_stop.is_set():
            manager.alive()
            with suppress(TimeoutError):
                await asyncio.wait_for(told_to_stop.wait(), manager.watchdog_s or None)
    finally:
        manager.stopping()
        await admin.close()


def _signals(manager: ServiceManager, reload: _Reload) -> asyncio.Event:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang_up() -> None:
        manager.reloading()
        reload()
        manager.ready()

    if sys.platform != "win32":
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told_to_stop.set)
        loop.add_signal_handler(signal.SIGHUP, hang_up)
    return told_to_stop


class _Reload:
    """What SIGHUP does. Whatever else changed in the settings needs a restart."""

    def __init__(self, settings: Settings, config: ServerConfig, load: Load) -> None:
        self._settings = settings
        self._certificate = config.certificate
        self._load = load

    def __call__(self) -> None:
        try:
            settings = self._load()
            self._renew(settings)
        except SafeSessionError as error:
            _log.error("reload: %s Everything stays as it was.", error)
            return
        logs.set_level(settings.log_level)
        waiting = _waiting_keys(self._settings, settings)
        if waiting:
            _log.warning("reload: these need a restart: %s", ", ".join(waiting))
        _log.info("reloaded")

    def _renew(self, settings: Settings) -> None:
        certificate = self._certificate
        if certificate is None or settings.certificate is None or settings.key is None:
            return
        certificate.renew(CertificateFiles(settings.certificate, settings.key))


def _waiting_keys(old: Settings, new: Settings) -> list[str]:
    at_once = {"log_level", "certificate", "key", "organisation", "drain_s"}
    names = [name for name in Settings.__slots__ if name not in at_once]
    names = [name for name in names if getattr(old, name) != getattr(new, name)]
    if (old.certificate is None) is not (new.certificate is None):
        names.append("certificate")
    return names
