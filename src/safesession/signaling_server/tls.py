"""The server's certificate: read with a sentence for every way it can be wrong.

A renewed one is loaded into the living context, so connections stay. A key must
never be asked for a passphrase: nobody sits at the terminal.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from safesession.crypto.certificate import CertificateFacts, key_fits, read_certificate
from safesession.errors import StateError
from safesession.signaling_server.settings import SettingsError


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where certificate (with its chain) and key lie, both PEM."""

    certificate: Path
    key: Path


class Certificate:
    """A TLS context and the facts of what is loaded in it."""

    def __init__(self, files: CertificateFiles) -> None:
        """Read both files.

        Raises:
            SettingsError: one of them is missing, unreadable or does not fit.
        """
        self.facts = inspect(files)
        self.context = _context()
        _load(self.context, files)

    def renew(self, files: CertificateFiles) -> None:
        """Read the files again; connections that stand keep what they have.

        Raises:
            SettingsError: as above; then the old certificate stays in use.
        """
        facts = inspect(files)
        _load(_context(), files)  # a failure in the living one would half change it
        _load(self.context, files)
        self.facts = facts


def inspect(files: CertificateFiles) -> CertificateFacts:
    """Read both files and return the certificate's facts.

    Raises:
        SettingsError: the sentence names the key and what to do.
    """
    try:
        facts = read_certificate(_read(files.certificate, "certificate"))
    except StateError:
        raise SettingsError(
            "certificate in [tls] names a file without a PEM certificate; give the "
            "full chain, which begins with -----BEGIN CERTIFICATE-----."
        ) from None
    try:
        fits = key_fits(_read(files.key, "key"), facts)
    except StateError as error:
        raise SettingsError(
            f"key in [tls] cannot be used: {error}; write it without passphrase as PEM."
        ) from None
    if not fits:
        raise SettingsError(
            "key in [tls] does not belong to the certificate; name the pair that was "
            "issued together."
        )
    return facts


def _load(context: ssl.SSLContext, files: CertificateFiles) -> None:
    try:
        context.load_cert_chain(files.certificate, files.key, password=lambda: "")
    except (OSError, ssl.SSLError):
        raise SettingsError(
            "certificate and key in [tls] cannot be used by TLS; make them anew, or "
            "give the whole chain in the order server, intermediate."
        ) from None


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"{name} in [tls] cannot be read: there is no file {path}; correct the path."
        ) from None
    except OSError:
        raise SettingsError(
            f"{name} in [tls] cannot be read by this account; allow it with "
            f"`chgrp safesession {path}` and `chmod 640 {path}`."
        ) from None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0  # tickets would link visits
    return context
