"""An encrypted stream: whoever lacks the key can neither read it nor change, cut or reorder it unnoticed.

A file begins with `MAGIC`, how the key was made, and a salt of its own; so every file has a key of its own, and a plain
counter can serve as nonce. Chunks follow, each with its length. The nonce of a chunk holds its number and whether it is
the last: a chunk moved, left out or put after the end does not open. The beginning is authenticated with every chunk.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from allcomers.exceptions import AllcomersError

MAGIC = b"allcomers backup 1\n"
CHUNK_BYTES = 1 << 20
KEY_BYTES = SALT_BYTES = 32
TAG_BYTES = 16
FROM_KEY, FROM_PASSPHRASE = b"k", b"p"
SCRYPT_COST = 1 << 17  # 128 MB and some tenths of a second for each guess at a passphrase


@dataclass(frozen=True)
class Secret:
    """What a file's key is made from: a long random key, or a passphrase that somebody remembers."""

    text: str
    passphrase: bool = False

    @property
    def kind(self) -> bytes:
        return FROM_PASSPHRASE if self.passphrase else FROM_KEY

    def key(self, salt: bytes) -> bytes:
        if self.passphrase:
            return Scrypt(salt=salt, length=KEY_BYTES, n=SCRYPT_COST, r=8, p=1).derive(self.text.encode())
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=MAGIC).derive(self.text.encode())


class Sealing:
    """Writes a stream encrypted. `close()` writes the last chunk; without it the file does not open."""

    def __init__(self, file: BinaryIO, secret: Secret) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        self._file, self._beginning = file, MAGIC + secret.kind + salt
        self._cipher, self._number, self._waiting = ChaCha20Poly1305(secret.key(salt)), 0, bytearray()
        file.write(self._beginning)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:
            self._seal(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, self._beginning)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class Opened:
    """Reads a stream that `Sealing` wrote. Nothing is handed out that was not authenticated.

    Raises
    ------
    AllcomersError : the file is no backup, the key is another, or something was changed, cut off or added.
    """

    def __init__(self, file: BinaryIO, secret: Secret, *, name: str) -> None:
        self._name = name
        beginning = file.read(len(MAGIC) + 1 + SALT_BYTES)
        if not beginning.startswith(MAGIC) or len(beginning) != len(MAGIC) + 1 + SALT_BYTES:
            raise self._fault("not a backup of this service", "a file that `backup` wrote")
        kind, salt = beginning[len(MAGIC) : len(MAGIC) + 1], beginning[-SALT_BYTES:]
        if kind != secret.kind:
            needed = "a passphrase: --passphrase" if kind == FROM_PASSPHRASE else "the key, not a passphrase"
            raise self._fault("made with another kind of secret", needed)
        self._chunks = self._open(file, ChaCha20Poly1305(secret.key(salt)), beginning)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise self._fault("ends too soon", "a whole backup")
            self._rest += chunk
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def end(self) -> None:
        """Be sure that nothing is left, and that the last chunk is the last."""
        if self._rest or any(self._chunks):
            raise self._fault("goes on after its end", "a whole backup")

    def _open(self, file: BinaryIO, cipher: ChaCha20Poly1305, beginning: bytes) -> Iterator[bytes]:
        length, number = file.read(4), 0
        while True:
            size = int.from_bytes(length, "big")
            sealed = file.read(size) if size <= CHUNK_BYTES + TAG_BYTES else b""
            length = file.read(4) if len(sealed) == size else b"?"
            try:
                yield cipher.decrypt(_nonce(number, last=not length), sealed, beginning)
            except InvalidTag:
                raise self._fault(
                    "it does not open: another key, or it was changed or cut short",
                    "the file as it was written, and the key of that time",
                ) from None
            if not length:
                return
            number += 1

    def _fault(self, found: str, expected: str) -> AllcomersError:
        return AllcomersError(where=self._name, found=found, expected=expected)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
