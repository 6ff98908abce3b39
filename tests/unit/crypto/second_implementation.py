"""The suite SS1 a second time, written from docs/PROTOCOL.md alone.

Nothing of `safesession.crypto` is imported, and each primitive comes from another
place than the product's: X25519 and ChaCha20-Poly1305 from libsodium (the product:
OpenSSL), the CPace group in plain integers (libsodium), Ed25519 signatures from
OpenSSL (libsodium), HKDF by hand, ML-KEM-768 from `second_mlkem` (OpenSSL). Not
constant in time: for tests only.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl import bindings
from tests.unit.crypto import second_mlkem


# --- notation (§2) ---------------------------------------------------------------


def prepend_len(data: bytes) -> bytes:
    length, prefix = len(data), b""
    while length > 127:
        prefix += bytes([length % 128 + 128])
        length //= 128
    return prefix + bytes([length]) + data


def lv(*fields: bytes) -> bytes:
    return b"".join(prepend_len(field) for field in fields)


def H(*fields: bytes) -> bytes:
    return hashlib.sha512(lv(*fields)).digest()


def full_mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-512 from its definition (RFC 2104)."""
    if len(key) > 128:
        key = hashlib.sha512(key).digest()
    key = key.ljust(128, b"\0")
    inner = hashlib.sha512(bytes(b ^ 0x36 for b in key) + message).digest()
    tag = hashlib.sha512(bytes(b ^ 0x5C for b in key) + inner).digest()
    assert hmac.compare_digest(tag, hmac.digest(key, message, "sha512"))
    return tag


def mac(key: bytes, message: bytes) -> bytes:
    return full_mac(key, message)[:32]


def extract(salt: bytes, secret: bytes) -> bytes:
    return full_mac(salt, secret)


def expand(key: bytes, label: str, context: bytes = b"", length: int = 32) -> bytes:
    info = lv(b"SafeSession/1 " + label.encode(), context)
    output, block = b"", b""
    while len(output) < length:
        block = full_mac(key, block + info + bytes([len(output) // 64 + 1]))
        output += block
    return output[:length]


def pad(body: bytes, *sizes: int) -> bytes:
    size = min(s for s in sizes if s >= len(body) + 2)
    return (len(body).to_bytes(2, "big") + body).ljust(size, b"\0")


def seal(key: bytes, plain: bytes, associated: bytes) -> bytes:
    return bindings.crypto_aead_chacha20poly1305_ietf_encrypt(
        plain, associated, bytes(12), key
    )


class Randomness:
    """The injected randomness of a vector: SHAKE-256 of seed and counter."""

    def __init__(self, seed: object) -> None:
        self.seed, self.count = repr(seed).encode(), 0

    def __call__(self, length: int) -> bytes:
        counter = self.count.to_bytes(4, "big")
        self.count += 1
        return hashlib.shake_256(self.seed + counter).digest(length)


# --- the group of CPace (§4.1), RFC 7748 and RFC 9380 -------------------------------

P = 2**255 - 19
A = 486662


def x25519(scalar: bytes, u: int) -> bytes:
    """RFC 7748 §5, the Montgomery ladder in integers."""
    k = int.from_bytes(scalar, "little")
    k = k & ~7 & ((1 << 255) - 1) | 1 << 254
    x1, x2, z2, x3, z3 = u, 1, 0, u, 1
    for bit in range(254, -1, -1):
        swap = k >> bit & 1
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
        plus, minus = (x2 + z2) % P, (x2 - z2) % P
        aa, bb = plus * plus % P, minus * minus % P
        e = (aa - bb) % P
        da, cb = (x3 - z3) * plus % P, (x3 + z3) * minus % P
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def elligator2(r: int) -> int:
    """Return the u-coordinate for a field element (RFC 9380 §6.7.1, Z = 2)."""
    u = -A * pow(1 + 2 * r * r, P - 2, P) % P
    square = (u**3 + A * u * u + u) % P
    return u if pow(square, (P - 1) // 2, P) in (0, 1) else (-A - u) % P


def cpace_generator(password: bytes, channel: bytes, sid: bytes) -> int:
    zeros = max(0, 127 - len(prepend_len(b"CPace255")) - len(prepend_len(password)))
    text = lv(b"CPace255", password, bytes(zeros), channel, sid)
    first = hashlib.sha512(text).digest()[:32]
    return elligator2(int.from_bytes(first, "little") & ((1 << 255) - 1))


def u_of(share: bytes) -> int:
    return int.from_bytes(share, "little") & ((1 << 255) - 1)


# --- what both ends of a vector know -------------------------------------------------

CODE = b"12345678"
RETAINED = (b"\xa1" * 32, b"\xa0" * 32)
RESUME_SECRET = b"\xb0" * 32
ORIGIN, NUMBER, EXPIRES_AT = b"relay.example.org", b"042917", 1_800_000_000
LETTER = {"PAIR": b"P", "SESSION": b"S", "RESUME": b"R"}
LABELS = (
    *("hs keys", "session secret", "retained", "finished"),
    *("text client", "text counselor", "signal client", "signal counselor"),
    *("path client", "path counselor"),
    *("bind client", "bind counselor"),
    *("sas", "sas number client", "sas number counselor"),
    *("resume", "notice client", "notice counselor"),
)


class Identity:
    def __init__(self, name: str) -> None:
        seed = Randomness(f"{name} identity")(32)
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self.key.public_key().public_bytes_raw()


# --- the handshake (§4) -------------------------------------------------------------


def identity_message(
    number: bytes, mode: bytes, role: bytes, keys: tuple[bytes, bytes], th: bytes
) -> bytes:
    """Return M3 or M4: tag, then the sealed identity."""
    confirm, box = keys
    header = b"SS1" + number + mode + mac(confirm, lv(role, th))
    identity = Identity(role.decode())
    signed = lv(b"SafeSession/1 identity signature", mode, role, th)
    body = identity.public + identity.key.sign(signed) + role + b" payload"
    return header + seal(box, pad(body, 512), H(header, th))


def handshake(name: str, frozen: dict[str, str]) -> dict[str, object]:
    """Play both ends of one mode; from `frozen` comes only the KEM's ciphertext."""
    mode = LETTER[name]
    client, counselor = Randomness(("client", 0)), Randomness(("counselor", 0))
    context = lv(b"SS1", mode, NUMBER, ORIGIN, b"client", b"counselor")

    m0 = b""
    if name == "PAIR":
        m0 = b"SS10" + counselor(32) + EXPIRES_AT.to_bytes(8, "big") + b"\x01"

    n_a, x_a = client(32), client(32)
    kem_public, kem_secret = second_mlkem.keygen(*_halves(client(64)))
    y_a = client(32)
    sid = H(b"sid", m0, n_a)[:32]
    generator = cpace_generator(CODE, H(b"CI", b"SS1", context), sid)
    share_a = x25519(y_a, generator) if name == "PAIR" else y_a
    hints = client(16)
    if name == "SESSION":
        hints = b"".join(mac(s, lv(b"hint", n_a))[:8] for s in RETAINED)
    public_a = bindings.crypto_scalarmult_base(x_a)
    m1 = b"SS11" + mode + n_a + public_a + share_a + hints + kem_public

    n_b, x_b, y_b = counselor(32), counselor(32), counselor(32)
    share_b = x25519(y_b, generator) if name == "PAIR" else y_b
    public_b = bindings.crypto_scalarmult_base(x_b)
    ciphertext = bytes.fromhex(frozen["kem_ciphertext"])
    m2 = b"SS12" + mode + n_b + public_b + share_b + b"\0" + ciphertext

    if name == "PAIR":
        point = x25519(y_a, u_of(share_b))
        assert point == x25519(y_b, u_of(share_a))
        sides = lv(share_a, H(b"AD", m1)) + lv(share_b, b"")
        psk = hashlib.sha512(lv(b"CPace255_ISK", sid, point) + sides).digest()
    else:
        psk = RETAINED[0] if name == "SESSION" else RESUME_SECRET
    kem = second_mlkem.decapsulate(kem_secret, ciphertext)
    ck = H(b"SafeSession/1 handshake", b"SS1", mode, context)
    for secret in (psk, bindings.crypto_scalarmult(x_a, public_b), kem):
        ck = extract(ck, secret)

    th2 = H(b"th2", mode, context, m0, m1, m2)
    keys = expand(ck, "hs keys", th2, 128)
    kc_a, kc_b, kb_a, kb_b = (keys[i : i + 32] for i in range(0, 128, 32))
    m3 = identity_message(b"3", mode, b"client", (kc_a, kb_a), th2)
    th3 = H(b"th3", th2, m3)
    m4 = identity_message(b"4", mode, b"counselor", (kc_b, kb_b), th3)
    th4 = H(b"th4", th3, m4)
    ms = extract(ck, th4)
    m5 = b"SS15" + mode + mac(expand(ms, "finished", th4), lv(b"client", th4))

    session = expand(ms, "session secret", th4, 64)
    return {
        "kem_secret": kem.hex(),
        "kem_ciphertext": ciphertext.hex(),
        "messages": [m.hex() for m in (m0, m1, m2, m3, m4, m5)],
        "transcript": th4.hex(),
        "session_secret": session.hex(),
        "retained_next": expand(ms, "retained", th4).hex(),
        "derived": {label: expand(session, label).hex() for label in LABELS},
    }


def _halves(seed: bytes) -> tuple[bytes, bytes]:
    return seed[:32], seed[32:]


# --- the uses of the session secret (§3, §5, §7, §8, §10) ------------------------------

EPOCH = (7).to_bytes(4, "big")
PRINT_CLIENT, PRINT_COUNSELOR = (
    ":".join([pair] * 32).encode() for pair in ("0A", "0B")
)
R_A, R_B = b"\x0a" * 32, b"\x0b" * 32


def message_key(chain: bytes, number: int) -> bytes:
    for _ in range(number):
        chain = mac(chain, b"\x02")
    return mac(chain, b"\x01")


def text_frame(session: bytes, number: int, ids: tuple[int, int], text: str) -> bytes:
    header = b"\x01" + EPOCH + number.to_bytes(4, "big")
    header += b"".join(value.to_bytes(8, "big") for value in ids)
    key = message_key(expand(session, "text client", EPOCH), number)
    padded = pad(text.encode(), 256, 1024, 4096, 16384, 49152)
    return header + seal(key, padded, lv(b"SafeSession/1 text", b"client", header))


def signal_envelope(session: bytes, body: bytes) -> bytes:
    header = EPOCH + bytes(4)
    key = message_key(expand(session, "signal counselor", EPOCH), 0)
    associated = lv(b"SafeSession/1 signal", b"counselor", header)
    return header + seal(key, pad(body, 1024, 4096, 16384), associated)


def crockford(data: bytes) -> str:
    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    length, value = -(-8 * len(data) // 5), int.from_bytes(data, "big")
    return "".join(symbols[value >> 5 * i & 31] for i in reversed(range(length)))


def spoken(session: bytes, th4: bytes, binding: bytes) -> dict[str, list[object]]:
    context = H(b"sas", th4, binding, R_A, R_B)
    bits = int.from_bytes(expand(session, "sas", context, 3), "big")
    words = [bits >> shift & 63 for shift in (18, 12, 6, 0)]

    def number(reader: str) -> str:
        drawn = expand(session, f"sas number {reader}", context, 16)
        return f"{int.from_bytes(drawn, 'big') % 10**6:06d}"

    return {
        "sas_client": [*words[:2], number("client")],
        "sas_counselor": [*words[2:], number("counselor")],
    }


def uses() -> dict[str, object]:
    """Return every use of fixed session keys."""
    keys = Randomness(("keys", 0))
    session, th4 = keys(64), keys(64)
    counselor = Identity("counselor")
    binding = H(b"chan", PRINT_CLIENT, PRINT_COUNSELOR, b"\xee" * 32)
    bound = lv(th4, EPOCH, binding)
    mixed = extract(session, b"\x55" * 88)
    challenge = lv(
        b"SafeSession server auth/1",
        ORIGIN,
        b"li",
        b"\x77" * 32,
        EXPIRES_AT.to_bytes(8, "big"),
    )
    short = crockford(H(b"fingerprint", counselor.public)[:10])
    return {
        "binding": binding.hex(),
        "bind_client": mac(expand(session, "bind client"), bound).hex(),
        "bind_counselor": mac(expand(session, "bind counselor"), bound).hex(),
        "sas_commitment": H(b"sas commit", R_B, th4)[:32].hex(),
        **spoken(session, th4, binding),
        "text_frames": [
            text_frame(session, n, (n, n + 1), f"你好 {n}").hex() for n in range(2)
        ],
        "signal_envelope": signal_envelope(session, b'{"kind":"offer"}').hex(),
        "srtp": expand(
            mixed,
            "srtp EXTRACTOR-dtls_srtp",
            lv(PRINT_CLIENT, PRINT_COUNSELOR),
            88,
        ).hex(),
        "fingerprint": " ".join(short[i : i + 4] for i in range(0, 16, 4)),
        "key_prefix": crockford(H(b"key prefix", counselor.public)[:16]),
        "server_auth": counselor.key.sign(challenge).hex(),
    }
