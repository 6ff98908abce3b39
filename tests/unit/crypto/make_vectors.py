"""Compute the frozen vectors. `python -m tests.unit.crypto.make_vectors` rewrites
them: do that only with a new suite, never to make a test pass."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.crypto import kit

from safesession.crypto import bind, sas, srtp_mix
from safesession.crypto.handshake import Mode
from safesession.crypto.handshake_shares import encapsulate_mlkem768
from safesession.crypto.identity import fingerprint, key_prefix, sign_server_auth
from safesession.crypto.key_schedule import Label
from safesession.crypto.ratchet import TextChains
from safesession.crypto.role import Role
from safesession.crypto.sealing import SignalSealer


# Keys for disks have labels too; no session yields them.
OF_A_SESSION = tuple(
    label for label in Label if not label.name.startswith(("DRAFTS", "VAULT", "BACKUP"))
)
PATH = Path(__file__).parent / "vectors" / "suite_ss1.json"


def handshake_vector(mode, frozen=None):
    """Return all messages and keys of one mode; `frozen` replays its KEM."""
    used = {}

    def encapsulate(public_key):
        if frozen:
            return bytes.fromhex(frozen["kem_secret"]), bytes.fromhex(
                frozen["kem_ciphertext"]
            )
        used["kem"] = encapsulate_mlkem768(public_key)
        return used["kem"]

    responder = kit.make_responder(mode, encapsulate=encapsulate)
    run = kit.run_handshake(responder=responder, mode=mode)
    secret, ciphertext = (
        (bytes.fromhex(frozen["kem_secret"]), bytes.fromhex(frozen["kem_ciphertext"]))
        if frozen
        else used["kem"]
    )
    keys = run.initiator.keys
    return {
        "kem_secret": secret.hex(),
        "kem_ciphertext": ciphertext.hex(),
        "messages": [message.hex() for message in run.messages],
        "transcript": keys.transcript.hex(),
        "session_secret": keys.session_secret.hex(),
        "retained_next": keys.retained_next.hex(),
        "derived": {
            label.value.decode(): keys.derive(label).hex() for label in OF_A_SESSION
        },
    }


def use_vector():
    """Return frames, tags and codes under fixed session keys."""
    keys = kit.session_keys()
    binding = bind.channel_binding(
        kit.FINGERPRINT_CLIENT, kit.FINGERPRINT_COUNSELOR, kit.EXPORTER
    )
    bits = sas.sas_bits(keys, binding, b"\x0a" * 32, b"\x0b" * 32)
    text = TextChains(Role.CLIENT, keys, 7)
    signal = SignalSealer(Role.COUNSELOR, keys, 7)
    return {
        "binding": binding.hex(),
        "bind_client": bind.bind_tag(keys, Role.CLIENT, 7, binding).hex(),
        "bind_counselor": bind.bind_tag(keys, Role.COUNSELOR, 7, binding).hex(),
        "sas_commitment": sas.commitment(b"\x0b" * 32, keys.transcript).hex(),
        "sas_client": [*bits.client.words, bits.client.number],
        "sas_counselor": [*bits.counselor.words, bits.counselor.number],
        "text_frames": [
            text.seal(number, number + 1, f"你好 {number}".encode()).hex()
            for number in range(2)
        ],
        "signal_envelope": signal.seal(b'{"kind":"offer"}').hex(),
        "srtp": srtp_mix.mix_srtp_keys(
            keys.session_secret,
            b"\x55" * 88,
            b"EXTRACTOR-dtls_srtp",
            (kit.FINGERPRINT_CLIENT, kit.FINGERPRINT_COUNSELOR),
            88,
        ).hex(),
        "fingerprint": fingerprint(kit.COUNSELOR_KEY.public_key),
        "key_prefix": key_prefix(kit.COUNSELOR_KEY.public_key),
        "server_auth": sign_server_auth(
            kit.COUNSELOR_KEY, kit.ORIGIN, "li", b"\x77" * 32, kit.EXPIRES_AT
        ).hex(),
    }


def main():
    vectors = {mode.name: handshake_vector(mode) for mode in Mode}
    vectors["USE"] = use_vector()
    PATH.write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
