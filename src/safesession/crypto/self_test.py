"""Start-up self-test: the libraries underneath still do what the protocol needs.

A changed or damaged library must stop the program before it speaks to anybody.
The vectors are this project's own, frozen once; nothing here is secret.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from nacl import bindings

from safesession.crypto import cpace, identity
from safesession.crypto.key_schedule import expand, extract
from safesession.errors import SafeSessionError


_CPACE_ISK = bytes.fromhex(
    "10c26a6cddde2fd8cf9ca3225787a33297191a0358f8e5959d3adc48e662ac63"
    "51e3ccc72bf275b8c68b0b9c64f977de2483723627bae78a30facb0af91df2e0"
)
_HKDF_OUTPUT = bytes.fromhex(
    "573a60bce2482c1062a3bdcc16ea3ff843aef24fa50a533ddcf27eb79531d922"
    "48a0fa271a5285efdb1c1f54fddef0353ed7d694bb9de07053f4b75c9de4b4de"
    "134f46c0afbc129e536ac16c925b49a6"
)
_KEM_PUBLIC_SHA256 = bytes.fromhex(
    "0b7934c83125c788995e2ba6bd761e33046b3e40571be53e023309a29f398cc9"
)
_KEM_SECRET = bytes.fromhex(
    "91cfd34681b5068b6503f01b9030d0b58783d93381376f9f2db93695ba9a8741"
)
_KEM_CIPHERTEXT = base64.b64decode(
    "6pvWzxkOC/B2HoQn+Zju9Lw+uX0vJoIpN6w3CoYuc/m1fX7L6A221ZXbRmFMVGlclVtmLDdYDCEF"
    "/OkkPS+L3MJFwo0AoqVHZjB3h9MXyr7VpsbB16kUf07/LzFPaVOnvJDHRVEoHBv8xx8XJ/4SNBBC"
    "ZoMn4cnFLTPzEpC8GI2Fz/1N7CDqpb550p15P2xXM/vk2PzjvyJnw0ov8dIhRf74Xi8iizlugsC1"
    "QDdufwkL6/3WGgnn2aY/ctE8rXfb5fsEUo8rYTXKcsj6nZ+kW8nKllr4EP2AMqKJvKTNijwI6X2+"
    "Y5aEyyyfJ2GXEjyrR2AzFkO2s37NTg2llQAVXzkp+kbQofcQt9uy+lgsPsU1JVkYI4eZs701QdsM"
    "w4LEr7KPB/eOcJ4E9/Z9x8XqEJI4oPMST35gaQKftnHqKyvwu/ulrLcAIQIgXC8Wh2/PV6sM6lQF"
    "RPMgNNgEUQBkttTKwyAkrGExidWYQSbQ8VayFOALhjfii6anIcMRkotKGOgqwLt0jRcnmAw4aVgt"
    "M5mWeb5mE/+D/DfRFDE7nNtOjKYPSxf8/99xIrUQ9CTVQZvkCwmHj0I/63EVXUK3OCi3bdD0nVea"
    "rLkOES6OVM25CW2eh0bVCW8MARIBPjSesj2V6tLjflgSiWsa6QbKaqEn+Flklkl0O5ih1JPN0MeX"
    "sepoQOky68Vm7Q9DZoy8tw5q22bgwrf5BaAkxFSzzdV9K7nguge3pG62MCxJR0BHpjGGnm2oz8Ir"
    "RtLiabS6E0Dlgnr5alo3smJEML2eoNgTeB4MJ7/Hne87+NpS5iknUJnns/V21aWljMoKiLedO74/"
    "y6kfajj289ES9Wdq9nxOqeLT47waSCa4F8GeFBSKMs1tPxUPu89u2F1Yb7LpboAk2FdLH2I1mJPU"
    "3BFBSRuTS1+cz8ckvbEtB4Gfhpmc0DicMPihZc3pcwy7h0OzZxh7zE7HF8RGhFX9uu9OAOSWOWsK"
    "sktafz3fQq8esTVoCfo7dEjc30Wc8CmYlPaEVmV5s3Eg0HKuiP7mjNL4+vP2oz0eveyoeW7Gwgsr"
    "P/4mhguUQL/Z0RVuqoB5BI/EUQ2morMDZGhZXqc+idMFSfgziGjnlMlvYT6QuoW9NuWeSE4geAY5"
    "GMY6HnRsb6rzNhTumDiAjxi/RDM4Oy3VgwyKPwuj0pIfzD/9KBsvRJWVTy9rU7i+6wOFtNFaQXtj"
    "8wT/uQeJZ5QFPctga21YVZTb8Fd53dZ4Co+QZAXP1QAZGAaZgujo/qExGQsJOxya2u4GN20Esi56"
    "G1Tgcw6fsEJQlOZdq7oa80WxbZSYiB4mzI7RgfNHIT0Kg1Zl0zIxI5Pxitp8yuLYSMVO9s7+c8Ye"
    "nE0Ug/Bas5Fr9GlsIC+CLizwQ68aEVbYgcKdcVbQJv9ybqy/ZncgaBv3PjrYVbg8+AHgoG04rpMo"
    "IO+zxz0="
)
_KEM_SEED = bytes(range(64))
_IDENTITY_SEED = bytes(range(32))
# The neutral element: every (R, S) with R = S*B is a "signature" under it.
_SMALL_ORDER_KEY = b"\x01" + bytes(31)
_ONE = (1).to_bytes(32, "little")


class SelfTestError(SafeSessionError):
    """A library failed its known answer. `part` names which."""

    code: ClassVar[str] = "installation_damaged"

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def run_self_test() -> None:
    """Check every part against its frozen answer, in about a millisecond.

    Raises:
        SelfTestError: a part gave another answer or broke.
    """
    for part, check in _CHECKS.items():
        try:
            passed = check()
        except Exception as error:
            raise SelfTestError(part) from error
        if not passed:
            raise SelfTestError(part)


def _check_hkdf() -> bool:
    key = extract(b"salt", b"input key")
    return expand(key, b"self test", b"context", len(_HKDF_OUTPUT)) == _HKDF_OUTPUT


def _check_cpace() -> bool:
    session_id = bytes(32)
    ours = cpace.make_share(b"12345678", b"self test", session_id, _repeat_11)
    theirs = cpace.make_share(b"12345678", b"self test", session_id, _repeat_22)
    point = cpace.shared_point(ours.scalar, theirs.public)
    key = cpace.session_key(
        session_id, point, (ours.public, b"AD"), (theirs.public, b"")
    )
    return key == _CPACE_ISK


def _repeat_11(length: int) -> bytes:
    return b"\x11" * length


def _repeat_22(length: int) -> bytes:
    return b"\x22" * length


def _check_low_order_share() -> bool:
    try:
        cpace.shared_point(_repeat_11(cpace.SHARE_BYTES), bytes(cpace.SHARE_BYTES))
    except cpace.BadShareError:
        return True
    return False


def _check_mlkem() -> bool:
    key = MLKEM768PrivateKey.from_seed_bytes(_KEM_SEED)
    public = key.public_key().public_bytes_raw()
    return (
        hashlib.sha256(public).digest() == _KEM_PUBLIC_SHA256
        and key.decapsulate(_KEM_CIPHERTEXT) == _KEM_SECRET
    )


def _check_signature() -> bool:
    key = identity.IdentityKey(_IDENTITY_SEED)
    signature = key.sign(b"self test")
    return identity.verify(key.public_key, signature, b"self test") and not (
        identity.verify(key.public_key, signature, b"another")
    )


def _check_small_order_key() -> bool:
    base_point = bindings.crypto_scalarmult_ed25519_base_noclamp(_ONE)
    forged = base_point + _ONE
    return not identity.verify(_SMALL_ORDER_KEY, forged, b"self test")


_CHECKS: dict[str, Callable[[], bool]] = {
    "hkdf": _check_hkdf,
    "cpace": _check_cpace,
    "low_order_share": _check_low_order_share,
    "mlkem": _check_mlkem,
    "signature": _check_signature,
    "small_order_key": _check_small_order_key,
}
