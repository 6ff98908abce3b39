"""SIGHUP: a renewed certificate and another log level, and nobody is cut off."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.admin import ServedConfig, metric
from tests.support.certificates import make_certificate
from tests.support.raw_relay import RawClient


CONFIG = """
[server]
data = "data"
listen = "127.0.0.1:0"
drain_s = 0
log_level = "{level}"
[tls]
certificate = "tls.crt"
key = "tls.key"
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedConfig]:
    make_certificate(tmp_path, "127.0.0.1", days=(-1, 3))
    (tmp_path / "server.toml").write_text(CONFIG.format(level="info"))
    with ServedConfig(tmp_path / "server.toml") as server:
        yield server


def shown_to_new_clients(port: int) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), 5) as raw,
        context.wrap_socket(raw) as tls,
    ):
        return hashlib.sha256(tls.getpeercert(binary_form=True)).hexdigest()


def in_file(folder: Path) -> str:
    pem = (folder / "tls.crt").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


async def test_a_renewed_certificate_is_shown_and_nobody_is_cut(
    served: ServedConfig, tmp_path: Path
) -> None:
    old = in_file(tmp_path)
    assert shown_to_new_clients(served.port) == old
    client = await RawClient.connect(served.origin, ssl=False)
    assert 2 < metric(tmp_path / "data", "ss_cert_days") < 3
    make_certificate(tmp_path, "127.0.0.1", days=(-1, 60))
    assert shown_to_new_clients(served.port) == old
    served.hang_up("INFO safesession.signaling_server.running reloaded")
    assert shown_to_new_clients(served.port) == in_file(tmp_path) != old
    assert 59 < metric(tmp_path / "data", "ss_cert_days") < 60
    async with client:  # its connection goes on
        await client.say(t="open", number="123456")
        assert (await client.hear())["t"] == "no"
    assert served.stop() == 0


def _other_key(folder: Path) -> str:
    _, key = make_certificate(folder, "127.0.0.1", stem="other")
    key.replace(folder / "tls.key")
    return "does not belong to the certificate"


def _half_written(folder: Path) -> str:
    crt = folder / "tls.crt"
    crt.write_text(crt.read_text()[:200])
    return "without a PEM certificate"


def _gone(folder: Path) -> str:
    (folder / "tls.key").unlink()
    return "key in [tls] cannot be read"


def _unknown_key(folder: Path) -> str:
    config = folder / "server.toml"
    config.write_text(config.read_text() + "\n[server.x]\n")
    return "x in [server] is unknown"


def _no_toml(folder: Path) -> str:
    (folder / "server.toml").write_text("nonsense")
    return "not valid TOML"


@pytest.mark.parametrize(
    "spoil", [_other_key, _half_written, _gone, _unknown_key, _no_toml]
)
def test_a_broken_reload_is_said_and_changes_nothing(
    served: ServedConfig, tmp_path: Path, spoil: Callable[[Path], str]
) -> None:
    before = shown_to_new_clients(served.port)
    words = spoil(tmp_path)
    served.hang_up("Everything stays as it was")
    assert words in served.log
    assert "Traceback" not in served.log
    assert shown_to_new_clients(served.port) == before
    assert served.process.poll() is None


def test_the_log_level_follows_and_other_changes_are_said_to_wait(
    served: ServedConfig, tmp_path: Path
) -> None:
    config = tmp_path / "server.toml"
    changed = CONFIG.format(level="warning").replace("127.0.0.1:0", "127.0.0.1:1")
    config.write_text(changed + '[admin]\nlisten = "127.0.0.1:9"\n')
    served.hang_up("reload: these need a restart: listen, admin_listen")
    shown_to_new_clients(served.port)
    assert served.stop() == 0
    assert "stopped" not in served.log  # what INFO would have said
