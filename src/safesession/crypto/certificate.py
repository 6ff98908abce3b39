"""What a TLS certificate says: for which names, from when until when.

Pure: bytes in, facts out. This must never decide whom to trust; that is TLS's own
business. Errors never quote what is in the files.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from safesession.errors import StateError


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """Names (DNS and addresses) and validity in Unix seconds."""

    names: tuple[str, ...]
    not_before: int
    not_after: int
    public_key: bytes

    def covers(self, host: str) -> bool:
        """Say whether a client that asked for `host` would find its name."""
        try:
            wanted = str(ipaddress.ip_address(host))
        except ValueError:
            wanted = host.lower()
        _, _, parent = wanted.partition(".")
        return wanted in self.names or bool(parent and f"*.{parent}" in self.names)


def read_certificate(pem: bytes) -> CertificateFacts:
    """Return the facts of the first certificate in a PEM file.

    Raises:
        StateError: there is none.
    """
    try:
        first = x509.load_pem_x509_certificates(pem)[0]
        public_key = first.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        names = _names(first)
    except (ValueError, IndexError):
        raise StateError("no certificate in PEM form") from None
    return CertificateFacts(
        names,
        int(first.not_valid_before_utc.timestamp()),
        int(first.not_valid_after_utc.timestamp()),
        public_key,
    )


def key_fits(key_pem: bytes, facts: CertificateFacts) -> bool:
    """Say whether a private key belongs to a certificate.

    Raises:
        StateError: no key in PEM form, or one under a passphrase.
    """
    try:
        key = load_pem_private_key(key_pem, password=None)
    except TypeError:
        raise StateError("the key is under a passphrase") from None
    except ValueError:
        raise StateError("no private key in PEM form") from None
    public_key = key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return public_key == facts.public_key


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except x509.ExtensionNotFound:
        return ()
    dns = extension.value.get_values_for_type(x509.DNSName)
    addresses = extension.value.get_values_for_type(x509.IPAddress)
    return (*(name.lower() for name in dns), *(str(address) for address in addresses))
