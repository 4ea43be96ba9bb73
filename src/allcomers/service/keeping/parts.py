"""Named parts in one stream: a name, blocks of bytes, the next name. The first part is the manifest."""

from collections.abc import Iterable, Iterator
from typing import Protocol

Part = tuple[str, Iterable[bytes]]
BLOCK_BYTES = 1 << 18


class Sink(Protocol):
    def write(self, data: bytes) -> None: ...


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


def write_parts(out: Sink, parts: Iterable[Part]) -> None:
    for name, blocks in parts:
        out.write(_sized(name.encode()))
        for block in blocks:
            if block:
                out.write(_sized(block))
        out.write(_sized(b""))
    out.write(_sized(b""))


def read_parts(source: Source) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each part's name and blocks. What was not read of a part is passed over."""
    while name := _next(source):
        blocks = iter(lambda: _next(source), b"")
        yield name.decode(), blocks
        for _ in blocks:
            pass


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _next(source: Source) -> bytes:
    return source.read(int.from_bytes(source.read(4), "big"))
