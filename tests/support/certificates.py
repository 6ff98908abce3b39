"""Certificates for tests: any names, any time, self-signed."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)


DAY = dt.timedelta(days=1)


def make_certificate(
    folder: Path,
    *names: str,
    days: tuple[float, float] = (-1, 90),
    passphrase: bytes = b"",
    stem: str = "tls",
) -> tuple[Path, Path]:
    """Write `stem.crt` and `stem.key`; good from and until so many days from now."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + DAY * days[0])
        .not_valid_after(now + DAY * days[1])
        .add_extension(x509.SubjectAlternativeName(map(_name, names)), critical=True)
        .sign(key, hashes.SHA256())
    )
    sealed = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    crt, private = folder / f"{stem}.crt", folder / f"{stem}.key"
    crt.write_bytes(certificate.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed))
    private.chmod(0o600)
    return crt, private


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
