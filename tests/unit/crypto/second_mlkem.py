"""ML-KEM-768 in plain integers, written from FIPS 203; for tests only.

Slow and not constant in time. It shares nothing with the product or its libraries.
"""

from __future__ import annotations

from hashlib import sha3_256, sha3_512, shake_128, shake_256


Q, N, K = 3329, 256, 3
ETA, DU, DV = 2, 10, 4

Poly = list[int]


def _reversed7(number: int) -> int:
    return int(f"{number:07b}"[::-1], 2)


ZETAS = [pow(17, _reversed7(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * _reversed7(i) + 1, Q) for i in range(128)]


def _ntt(poly: Poly) -> Poly:
    f, i, length = list(poly), 1, 128
    while length >= 2:
        for start in range(0, N, 2 * length):
            for j in range(start, start + length):
                t = ZETAS[i] * f[j + length] % Q
                f[j + length], f[j] = (f[j] - t) % Q, (f[j] + t) % Q
            i += 1
        length //= 2
    return f


def _inverse_ntt(poly: Poly) -> Poly:
    f, i, length = list(poly), 127, 2
    while length <= 128:
        for start in range(0, N, 2 * length):
            for j in range(start, start + length):
                t = f[j]
                f[j] = (t + f[j + length]) % Q
                f[j + length] = ZETAS[i] * (f[j + length] - t) % Q
            i -= 1
        length *= 2
    return [x * 3303 % Q for x in f]


def _times(f: Poly, g: Poly) -> Poly:
    h = [0] * N
    for i in range(128):
        a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        h[2 * i] = (a0 * b0 + a1 * b1 * GAMMAS[i]) % Q
        h[2 * i + 1] = (a0 * b1 + a1 * b0) % Q
    return h


def _plus(f: Poly, g: Poly) -> Poly:
    return [(a + b) % Q for a, b in zip(f, g, strict=True)]


def _dot(left: list[Poly], right: list[Poly]) -> Poly:
    total = [0] * N
    for f, g in zip(left, right, strict=True):
        total = _plus(total, _times(f, g))
    return total


def _sample_ntt(seed: bytes) -> Poly:
    stream, found, at = shake_128(seed).digest(1536), [], 0
    while len(found) < N:
        a, b, c = stream[at : at + 3]
        found += [d for d in (a + 256 * (b % 16), b // 16 + 16 * c) if d < Q]
        at += 3
    return found[:N]


def _sample_cbd(seed: bytes, nonce: int) -> Poly:
    bits = int.from_bytes(shake_256(seed + bytes([nonce])).digest(64 * ETA), "little")
    poly = []
    for i in range(N):
        four = bits >> (4 * i) & 15
        poly.append(((four & 1) + (four >> 1 & 1) - (four >> 2 & 1) - (four >> 3)) % Q)
    return poly


def _encode(poly: Poly, width: int) -> bytes:
    packed = sum(x << (width * i) for i, x in enumerate(poly))
    return packed.to_bytes(32 * width, "little")


def _decode(data: bytes, width: int) -> Poly:
    packed, mask = int.from_bytes(data, "little"), (1 << width) - 1
    return [packed >> (width * i) & mask for i in range(N)]


def _decode_all(data: bytes, width: int) -> list[Poly]:
    size = 32 * width
    return [_decode(data[at : at + size], width) for at in range(0, len(data), size)]


def _compress(poly: Poly, width: int) -> Poly:
    return [((x << width) + Q // 2) // Q % (1 << width) for x in poly]


def _decompress(poly: Poly, width: int) -> Poly:
    return [(x * Q + (1 << (width - 1))) >> width for x in poly]


def _matrix(rho: bytes) -> list[list[Poly]]:
    return [[_sample_ntt(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


def keygen(d: bytes, z: bytes) -> tuple[bytes, bytes]:
    """Return (encapsulation key, decapsulation key); algorithms 13 and 16."""
    expanded = sha3_512(d + bytes([K])).digest()
    rho, sigma = expanded[:32], expanded[32:]
    matrix = _matrix(rho)
    s = [_ntt(_sample_cbd(sigma, n)) for n in range(K)]
    e = [_ntt(_sample_cbd(sigma, K + n)) for n in range(K)]
    t = [_plus(_dot(matrix[i], s), e[i]) for i in range(K)]
    public = b"".join(_encode(f, 12) for f in t) + rho
    secret = b"".join(_encode(f, 12) for f in s)
    return public, secret + public + sha3_256(public).digest() + z


def _encrypt(public: bytes, message: bytes, randomness: bytes) -> bytes:
    t, rho = _decode_all(public[: 384 * K], 12), public[384 * K :]
    matrix = _matrix(rho)
    y = [_ntt(_sample_cbd(randomness, n)) for n in range(K)]
    e1 = [_sample_cbd(randomness, K + n) for n in range(K)]
    e2 = _sample_cbd(randomness, 2 * K)
    columns = [[matrix[j][i] for j in range(K)] for i in range(K)]
    u = [_plus(_inverse_ntt(_dot(columns[i], y)), e1[i]) for i in range(K)]
    mu = _decompress(_decode(message, 1), 1)
    v = _plus(_plus(_inverse_ntt(_dot(t, y)), e2), mu)
    return b"".join(_encode(_compress(f, DU), DU) for f in u) + _encode(
        _compress(v, DV), DV
    )


def decapsulate(secret: bytes, ciphertext: bytes) -> bytes:
    """Return the shared secret; algorithm 18, without its defence against timing."""
    inner, public = secret[: 384 * K], secret[384 * K : 768 * K + 32]
    hashed, z = secret[768 * K + 32 : 768 * K + 64], secret[768 * K + 64 :]
    split = 32 * DU * K
    u = [_decompress(f, DU) for f in _decode_all(ciphertext[:split], DU)]
    v = _decompress(_decode(ciphertext[split:], DV), DV)
    s_u = _inverse_ntt(_dot(_decode_all(inner, 12), [_ntt(f) for f in u]))
    w = [(a - b) % Q for a, b in zip(v, s_u, strict=True)]
    message = _encode(_compress(w, 1), 1)
    both = sha3_512(message + hashed).digest()
    if _encrypt(public, message, both[32:]) != ciphertext:
        return shake_256(z + ciphertext).digest(32)
    return both[:32]
