"""The encrypted stream: what goes in comes out, and whatever is done to the file on the way is found."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.exceptions import AllcomersError
from allcomers.service.keeping import sealed
from allcomers.service.keeping.parts import read_parts, write_parts
from allcomers.service.keeping.sealed import CHUNK_BYTES, MAGIC, TAG_BYTES, Opened, Sealing, Secret

KEY = Secret("k" * 60)
BEGINNING = len(MAGIC) + 1 + sealed.SALT_BYTES
WHOLE_CHUNK = 4 + CHUNK_BYTES + TAG_BYTES


def sealed_file(data: bytes, secret: Secret = KEY) -> bytes:
    file = io.BytesIO()
    sealing = Sealing(file, secret)
    sealing.write(data)
    sealing.close()
    return file.getvalue()


def opened(file: bytes, size: int, secret: Secret = KEY) -> bytes:
    source = Opened(io.BytesIO(file), secret, name="a backup")
    data = source.read(size)
    source.end()
    return data


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 5])
def test_what_is_sealed_comes_out_again(size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    file = sealed_file(data)
    assert opened(file, size) == data
    assert size < 20 or data[:20] not in file


def test_two_files_of_the_same_have_nothing_in_common() -> None:
    first, second = sealed_file(b"the same"), sealed_file(b"the same")
    assert first[len(MAGIC) + 1 :] != second[len(MAGIC) + 1 :]
    assert first[BEGINNING:] != second[BEGINNING:]


def test_another_key_opens_nothing() -> None:
    with pytest.raises(AllcomersError, match="does not open"):
        opened(sealed_file(b"words"), 5, Secret("j" * 60))


def test_a_passphrase_opens_what_it_sealed_and_says_that_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SCRYPT_COST", 1 << 8)  # what it costs is not what is tested
    words = Secret("six words that somebody can remember", passphrase=True)
    file = sealed_file(b"words", words)
    assert opened(file, 5, words) == b"words"
    with pytest.raises(AllcomersError, match="--passphrase"):
        opened(file, 5)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.data())
def test_every_changed_byte_is_found(data: st.DataObject) -> None:
    file = bytearray(sealed_file(b"words" * 20))
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AllcomersError):
        opened(bytes(file), 100)


THREE = sealed_file(bytes(3 * CHUNK_BYTES - 7))
FIRST, SECOND, THIRD = (
    THREE[BEGINNING : BEGINNING + WHOLE_CHUNK],
    THREE[BEGINNING + WHOLE_CHUNK : BEGINNING + 2 * WHOLE_CHUNK],
    THREE[BEGINNING + 2 * WHOLE_CHUNK :],
)


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([], id="nothing after the beginning"),
        pytest.param([FIRST, SECOND], id="cut at the edge of a chunk"),
        pytest.param([FIRST, SECOND, THIRD[:-1]], id="cut inside a chunk"),
        pytest.param([SECOND, FIRST, THIRD], id="reordered"),
        pytest.param([FIRST, THIRD], id="one left out"),
        pytest.param([FIRST, SECOND, SECOND, THIRD], id="one repeated"),
        pytest.param([FIRST, SECOND, THIRD, THIRD], id="something after the end"),
        pytest.param([FIRST, SECOND, THIRD, b"\0"], id="a byte after the end"),
    ],
)
def test_truncation_reordering_and_addition_are_found(chunks: list[bytes]) -> None:
    size = 3 * CHUNK_BYTES - 7
    assert opened(THREE, size) == bytes(size)
    with pytest.raises(AllcomersError):
        opened(THREE[:BEGINNING] + b"".join(chunks), size)


def test_a_file_that_is_no_backup_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(AllcomersError, match="not a backup of this service"):
        opened(b"PK\x03\x04" * 100, 5)


BLOCKS = st.lists(st.binary(max_size=30), max_size=4)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=10), BLOCKS), max_size=5))
def test_parts_come_out_as_they_went_in(parts: list[tuple[str, list[bytes]]]) -> None:
    file = io.BytesIO()
    write_parts(file, parts)
    file.seek(0)
    assert [(name, b"".join(blocks)) for name, blocks in read_parts(file)] == [(n, b"".join(b)) for n, b in parts]
    assert file.read() == b""
