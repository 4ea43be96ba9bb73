"""Fetching NHS England's files, against a real server on this machine that breaks off, lies and changes its mind."""

import errno
import gzip
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from allcomers.cli.published import published
from allcomers.exceptions import AllcomersError, SeveralError, SiteUnreachableError
from allcomers.published import transfer
from allcomers.published.addresses import BASE_URL, PUBLISHED_FILES, PublishedFile
from allcomers.published.fetch import Fetched, fetch
from allcomers.published.receipts import PartNote, Place, Receipt
from allcomers.published.selection import select

BY_PERIOD = {file.period: file for file in PUBLISHED_FILES}
YEAR, YEAR_IN_RAR, MONTH = BY_PERIOD["2023-24"], BY_PERIOD["2018-19"], BY_PERIOD["2025-04"]
FETCHED_AT = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
CSV = b"REPORTING_PERIOD_START,MEASURE_ID,MEASURE_VALUE_SUPPRESSED\n" + b"01/04/2025,M001,155\n" * 2000
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(500)
WEB_PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><html><body>Please sign in</body></html>"


def zip_of(body: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # Stored, so that a byte of the member can be found and changed.
        archive.writestr(zipfile.ZipInfo("main.csv"), body)
    return buffer.getvalue()


ZIP = zip_of(CSV)


@pytest.fixture
def get(site, tmp_path):
    """Fetch a file from the server into `tmp_path`; `get.said`, `get.slept` and `get.progress` tell how it went."""

    def run(
        file: PublishedFile = YEAR, *, base_url: str = site.url, transport: httpx.BaseTransport | None = None
    ) -> Fetched:
        with httpx.Client(follow_redirects=True, timeout=5, transport=transport) as client:
            return fetch(
                file.at(base_url),
                tmp_path,
                client=client,
                on_progress=lambda done, total: run.progress.append((done, total)),
                on_remark=run.said.append,
                now=lambda: FETCHED_AT,
                sleep=run.slept.append,
            )

    run.said, run.slept, run.progress = [], [], []
    return run


@pytest.fixture
def closed_url():
    """An address at which nothing listens: its port is taken, so that nothing else will either."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def cli(site, tmp_path, monkeypatch):
    """The command line, in the folder `tmp_path`; it waits no real seconds."""
    monkeypatch.setattr(time, "sleep", [].append)

    def run(command: str, *arguments: str, base_url: str = site.url) -> Any:
        where = ["--base-url", base_url, "--into", str(tmp_path)]
        return CliRunner().invoke(published, [command, *arguments, *where])

    return run


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def leave_part(folder: Path, url: str, body: bytes, *, etag: str | None = '"version-1"') -> Place:
    """What a run that broke off leaves behind."""
    place = Place(folder / url.rsplit("/", 1)[-1])
    place.part.write_bytes(body)
    place.write_part_note(PartNote(url, etag, last_modified=None))
    return place


# What arrives


def test_a_file_arrives_whole_with_a_receipt(site, get, tmp_path):
    site.serve(YEAR.url, ZIP)
    fetched = get()
    assert fetched.path.read_bytes() == ZIP
    assert names_in(tmp_path) == {YEAR.name, YEAR.name + ".receipt.json"}
    assert json.loads((tmp_path / (YEAR.name + ".receipt.json")).read_text()) == {
        "url": YEAR.at(site.url).url,
        "sha256": hashlib.sha256(ZIP).hexdigest(),
        "size_bytes": len(ZIP),
        "etag": '"version-1"',
        "fetched_at": "2026-05-14T09:30:00+00:00",
    }
    assert (fetched.how, get.said, get.slept) == ("downloaded", [], [])


def test_progress_climbs_from_nothing_to_the_whole(site, get):
    site.serve(YEAR.url, ZIP)
    get()
    assert get.progress == sorted(get.progress)
    assert (get.progress[0], get.progress[-1]) == ((0, len(ZIP)), (len(ZIP), len(ZIP)))


@pytest.mark.parametrize(("file", "body"), [(MONTH, CSV), (YEAR_IN_RAR, RAR)])
def test_a_csv_and_a_rar_are_kept_too(site, get, file, body):
    site.serve(file.url, body)
    assert get(file).path.read_bytes() == body


def test_a_file_whose_length_is_not_announced_is_kept_and_that_is_said(site, get):
    site.serve(YEAR.url, ZIP, announced_bytes=0)
    assert get().path.read_bytes() == ZIP
    assert "its length is not checked" in get.said[0]


def test_a_redirect_is_followed(site, get):
    site.serve(YEAR.url, b"", troubles=[302], headers={"Location": "/elsewhere.zip"})
    site.serve(site.url + "/elsewhere.zip", ZIP)
    assert get().path.read_bytes() == ZIP


def test_a_file_sent_compressed_is_kept_as_it_is(site, get):
    "It was asked for uncompressed, but a proxy may not care; the length announced is then not the file's."
    site.serve(MONTH.url, gzip.compress(CSV), headers={"Content-Encoding": "gzip"}, troubles=[50])
    assert get(MONTH).path.read_bytes() == CSV
    assert [request["Accept-Encoding"] for request in site.requests] == ["identity"] * 2
    assert "Range" not in site.requests[1]


# Going on after a break


def test_a_download_cut_halfway_goes_on_from_there(site, get):
    site.serve(YEAR.url, ZIP, troubles=[50])
    fetched = get()
    assert fetched.path.read_bytes() == ZIP
    assert fetched.how == "resumed"
    assert site.requests[1]["Range"] == f"bytes={len(ZIP) // 2}-"
    assert site.requests[1]["If-Range"] == '"version-1"'
    assert get.slept == [1.0]


def test_a_part_left_by_an_earlier_run_is_gone_on_with(site, get, tmp_path):
    leave_part(tmp_path, YEAR.at(site.url).url, ZIP[:1000])
    site.serve(YEAR.url, ZIP)
    assert get().path.read_bytes() == ZIP
    assert [request["Range"] for request in site.requests] == ["bytes=1000-"]


def test_a_server_that_ignores_ranges_is_taken_from_the_start(site, get, tmp_path):
    leave_part(tmp_path, YEAR.at(site.url).url, ZIP[:1000])
    site.serve(YEAR.url, ZIP, honours_range=False)
    fetched = get()
    assert (fetched.path.read_bytes(), fetched.how) == (ZIP, "downloaded")
    assert "from the start" in get.said[0]


def test_a_file_that_changed_meanwhile_is_not_joined_to_the_old_part(site, get, tmp_path):
    leave_part(tmp_path, MONTH.at(site.url).url, CSV[:1000], etag='"version-0"')
    newer = CSV.replace(b"155", b"160")
    site.serve(MONTH.url, newer)
    assert get(MONTH).path.read_bytes() == newer


def test_a_server_that_joins_versions_regardless_is_seen_through_by_its_etag(site, get, tmp_path):
    leave_part(tmp_path, MONTH.at(site.url).url, CSV[:1000], etag='"version-0"')
    newer = CSV.replace(b"155", b"160")
    site.serve(MONTH.url, newer, honours_if_range=False)
    assert get(MONTH).path.read_bytes() == newer
    assert "does not fit" in get.said[0]


def test_a_part_that_joins_to_a_damaged_zip_is_dropped_and_fetched_from_the_start(site, get, tmp_path):
    "The server says that nothing changed, and the archive's own check says otherwise."
    leave_part(tmp_path, YEAR.at(site.url).url, ZIP[:1000].replace(b"155", b"160"))
    site.serve(YEAR.url, ZIP)
    assert get().path.read_bytes() == ZIP
    assert [request.get("Range") for request in site.requests] == ["bytes=1000-", None]


def test_a_part_longer_than_the_file_is_dropped(site, get, tmp_path):
    leave_part(tmp_path, YEAR.at(site.url).url, ZIP + b"more")
    site.serve(YEAR.url, ZIP)
    assert get().path.read_bytes() == ZIP
    assert get.slept == [0]


@pytest.mark.parametrize("content_range", ["bytes 0-99/100", "", "bytes 1000-1099/9999999"])
def test_a_part_is_not_joined_to_what_does_not_follow_it(site, get, tmp_path, content_range):
    "Not to an answer that begins elsewhere, nor to one that does not say where, nor to one that ends too soon."
    leave_part(tmp_path, MONTH.at(site.url).url, CSV[:1000])
    site.serve(MONTH.url, CSV, content_range=content_range or "none")
    assert get(MONTH).path.read_bytes() == CSV
    assert ("does not fit" in get.said[0]) == (not content_range.endswith("9999999"))
    assert site.requests[-1].get("Range") is None


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_a_part_whose_version_is_not_certain_is_not_gone_on_with(site, get, etag):
    "A weak ETag promises files that mean the same, not equal bytes (RFC 9110, 13.1.5)."
    site.serve(YEAR.url, ZIP, etag=etag, troubles=[50])
    assert get().path.read_bytes() == ZIP
    assert "Range" not in site.requests[1]


def test_a_date_serves_where_there_is_no_etag(site, get):
    date = "Thu, 16 Jan 2025 09:30:00 GMT"
    site.serve(YEAR.url, ZIP, etag=None, headers={"Last-Modified": date}, troubles=[50])
    assert get().path.read_bytes() == ZIP
    assert site.requests[1]["If-Range"] == date


def test_a_part_from_another_address_is_not_gone_on_with(site, get, tmp_path):
    leave_part(tmp_path, "https://example.org/old/" + YEAR.name, ZIP[:1000])
    site.serve(YEAR.url, ZIP)
    assert get().path.read_bytes() == ZIP
    assert "Range" not in site.requests[0]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=3000), cuts=st.lists(st.integers(0, 99), max_size=4))
def test_however_it_is_cut_the_bytes_are_the_servers(site, get, tmp_path, body, cuts):
    "Four breaks are as many as five tries can outlast."
    served = b"a,b\n" + body.replace(b"\0", b"0")
    site.serve(MONTH.url, served, troubles=cuts)
    place = Place(tmp_path / MONTH.name)
    place.path.unlink(missing_ok=True)
    assert get(MONTH).path.read_bytes() == served


def test_a_run_that_is_killed_leaves_a_part_and_the_next_goes_on(site, get, tmp_path):
    body = zip_of(CSV * 50)  # Larger than the buffers between the two processes.
    served = site.serve(YEAR.url, body, wait_for=threading.Event())
    command = ["-c", "from allcomers.cli.published import published; published()"]
    options = ["fetch", "2023-24", "--base-url", site.url, "--into", str(tmp_path)]
    part = tmp_path / (YEAR.name + ".part")
    with subprocess.Popen([sys.executable, *command, *options]) as process:
        wait_until(lambda: part.is_file() and part.stat().st_size > 0)
        process.kill()
    served.wait_for.set()
    assert not (tmp_path / YEAR.name).exists()
    arrived_bytes = part.stat().st_size
    assert get().how == "resumed"
    assert site.requests[-1]["Range"] == f"bytes={arrived_bytes}-"
    assert (tmp_path / YEAR.name).read_bytes() == body


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if is_so():
            return
        pause.wait(0.02)
    pytest.fail("it did not come about within 20 seconds")


# What is here already


def test_a_file_that_is_here_is_not_fetched_twice(site, get):
    site.serve(YEAR.url, ZIP)
    first = get()
    again = get()
    assert (again.how, again.receipt) == ("cached", first.receipt)
    assert len(site.requests) == 1


def test_a_file_that_was_damaged_since_is_fetched_again_and_that_is_said(site, get):
    site.serve(YEAR.url, ZIP)
    path = get().path
    path.write_bytes(ZIP.replace(b"155", b"160"))
    assert get().how == "downloaded"
    assert path.read_bytes() == ZIP
    assert "no longer has the SHA-256" in get.said[0]


def test_a_damaged_file_stays_when_a_better_one_cannot_be_had(site, get):
    site.serve(YEAR.url, ZIP)
    path = get().path
    path.write_bytes(b"damaged")
    site.files.clear()
    with pytest.raises(AllcomersError, match="404"):
        get()
    assert path.read_bytes() == b"damaged"


def test_a_file_at_a_new_address_is_fetched_again(site, get, tmp_path):
    "NHS England gives a corrected file a new address, so that a new address may be a new file."
    site.serve(YEAR.url, ZIP)
    site.serve("http://host/mirror" + YEAR.url.removeprefix(BASE_URL), ZIP)
    get()
    assert get(base_url=site.url + "/mirror").how == "downloaded"
    assert "another address" in get.said[0]


def test_a_file_that_the_user_put_there_is_used_if_it_opens(site, get, tmp_path):
    (tmp_path / YEAR.name).write_bytes(ZIP)
    fetched = get()
    assert (fetched.how, fetched.receipt.fetched_at, site.requests) == ("found", None, [])
    assert "not compared" in get.said[0]


def test_a_file_that_the_user_put_there_is_fetched_again_if_it_does_not_open(site, get, tmp_path):
    (tmp_path / YEAR.name).write_bytes(ZIP[:-100])
    site.serve(YEAR.url, ZIP)
    assert get().path.read_bytes() == ZIP
    assert "not a whole ZIP" in get.said[0]


@pytest.mark.parametrize("receipt", ["", "[]", "{}", '{"url": 1}'])
def test_a_receipt_that_cannot_be_read_is_as_none(site, get, receipt):
    site.serve(YEAR.url, ZIP)
    path = get().path
    path.with_name(path.name + ".receipt.json").write_text(receipt)
    assert get().how == "found"


def test_a_machine_that_stops_while_a_file_gets_its_name_leaves_no_receipt_for_the_old_one(tmp_path):
    "The part is missing here, so that the second of the two steps fails."
    place = Place(tmp_path / YEAR.name)
    place.path.write_bytes(b"old")
    receipt = Receipt(YEAR.url, hashlib.sha256(ZIP).hexdigest(), len(ZIP), etag=None, fetched_at=None)
    with pytest.raises(FileNotFoundError):
        place.keep(receipt)
    assert (place.receipt(), place.is_unchanged()) == (receipt, False)


# What goes wrong


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_trouble_is_waited_out(site, get, status):
    site.serve(YEAR.url, ZIP, troubles=[status, status])
    assert get().path.read_bytes() == ZIP
    assert get.slept == [1.0, 2.0]
    assert f"answered {status}; trying again in 1 s (try 2 of 5)" in get.said[0]


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("86400", 60.0), ("Fri, 31 Dec 1999 23:59:59 GMT", 1.0)])
def test_the_server_may_say_how_long_to_wait_within_reason(site, get, asked, waited):
    site.serve(YEAR.url, ZIP, troubles=[503], headers={"Retry-After": asked})
    get()
    assert get.slept == [waited]


def test_tries_are_bounded_and_what_arrived_is_kept(site, get, tmp_path):
    site.serve(YEAR.url, ZIP, troubles=[50, 500, 500, 500, 500])
    with pytest.raises(AllcomersError, match=r"given up after 5 tries; the last: the server answered 500.*goes on"):
        get()
    assert get.slept == [1.0, 2.0, 4.0, 8.0]
    assert names_in(tmp_path) == {YEAR.name + ".part", YEAR.name + ".part.json"}
    assert get().how == "resumed"


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_file_that_moved_names_the_page_and_the_way_round(site, get, tmp_path, status):
    site.serve(YEAR.url, ZIP, troubles=[status])
    with pytest.raises(AllcomersError) as raised:
        get()
    assert str(status) in raised.value.found
    assert YEAR.publication_page in raised.value.next_step
    assert "allcomers observatory FILE" in raised.value.next_step
    assert (names_in(tmp_path), get.slept) == (set(), [])


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/octet-stream"])
@pytest.mark.parametrize("file", [YEAR, YEAR_IN_RAR, MONTH])
def test_a_web_page_in_place_of_the_file_is_refused(site, get, tmp_path, file, content_type):
    site.serve(file.url, WEB_PAGE, content_type=content_type)
    with pytest.raises(AllcomersError, match="is a web page"):
        get(file)
    assert names_in(tmp_path) == set()


def test_a_web_page_does_not_cost_the_part_that_is_here(site, get, tmp_path):
    place = leave_part(tmp_path, YEAR.at(site.url).url, ZIP[:1000])
    site.serve(YEAR.url, WEB_PAGE, content_type="text/html", honours_range=False)
    with pytest.raises(AllcomersError, match="is a web page"):
        get()
    assert place.part.read_bytes() == ZIP[:1000]


@pytest.mark.parametrize(
    ("file", "body", "words"),
    [
        (YEAR, ZIP[:-100], "is not a whole ZIP"),
        (YEAR, b"", "is not a whole ZIP"),
        (YEAR, ZIP.replace(b"155", b"160", 1), r"whose member main.csv is damaged \(its CRC is wrong\)"),
        (YEAR_IN_RAR, ZIP, "is not a RAR"),
        (MONTH, b"", "is empty"),
        (MONTH, ZIP, "is not a CSV"),
        (MONTH, b"Not found", "is not a CSV"),
    ],
    ids=["truncated ZIP", "empty ZIP", "wrong CRC", "ZIP for RAR", "empty CSV", "ZIP for CSV", "a sentence for CSV"],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(site, get, tmp_path, file, body, words):
    site.serve(file.url, body)
    with pytest.raises(AllcomersError, match=words):
        get(file)
    assert names_in(tmp_path) == set()


def test_an_encrypted_zip_is_refused(site, get):
    encrypted = bytearray(ZIP)  # Bit 0 of the flags, in the local header and in the directory.
    encrypted[6] |= 1
    encrypted[ZIP.index(b"PK\x01\x02") + 8] |= 1
    site.serve(YEAR.url, bytes(encrypted))
    with pytest.raises(AllcomersError, match="encrypted"):
        get()


def test_nothing_answering_is_told_from_a_file_that_moved(get, closed_url, tmp_path):
    with pytest.raises(SiteUnreachableError, match=r"given up after 5 tries.*Check the network") as raised:
        get(base_url=closed_url)
    assert YEAR.publication_page in raised.value.next_step
    assert names_in(tmp_path) == set()


def test_a_certificate_that_is_not_trusted_is_said_at_once(get):
    "The words are OpenSSL's, as Python 3.11 gives them."

    def refuse(request: httpx.Request) -> httpx.Response:
        words = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"
        raise httpx.ConnectError(words, request=request)

    with pytest.raises(SiteUnreachableError, match="SSL_CERT_FILE"):
        get(transport=httpx.MockTransport(refuse))
    assert get.slept == []


def test_a_file_larger_than_the_disk_is_not_begun(site, get, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer.shutil, "disk_usage", Mock(return_value=Mock(free=1234)))
    site.serve(YEAR.url, ZIP)
    with pytest.raises(AllcomersError, match=f"1,234 bytes are free and {YEAR.name} needs {len(ZIP):,}"):
        get()
    assert names_in(tmp_path) == set()


def test_a_disk_that_fills_up_keeps_the_part(site, get, tmp_path, monkeypatch):
    site.serve(YEAR.url, ZIP)
    with monkeypatch.context() as full:
        full.setattr(transfer.os, "fsync", Mock(side_effect=OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
        with pytest.raises(AllcomersError, match="no room left on the disk"):
            get()
    assert not (tmp_path / YEAR.name).exists()
    (tmp_path / (YEAR.name + ".part")).write_bytes(ZIP[:1000])
    assert get().how == "resumed"


def test_a_folder_that_is_a_file_is_said(site, get, tmp_path):
    tmp_path.rmdir()
    tmp_path.write_text("not a folder")
    with pytest.raises(AllcomersError, match=r"cannot be written.*--into DIR"):
        get()


# Which files


def test_each_address_is_one_period_one_name_and_its_formats_own_ending():
    assert len({file.url for file in PUBLISHED_FILES}) == len({file.name for file in PUBLISHED_FILES})
    assert len(BY_PERIOD) == len(PUBLISHED_FILES) == 8 + 36  # 2017-18 to 2024-25; May 2023 to May 2026 but April 2026.
    for file in PUBLISHED_FILES:
        assert file.url.startswith(BASE_URL + "/")
        assert file.name.endswith("." + file.format)


def test_the_address_names_the_period_it_is_recorded_for():
    "NHS England's names hold the year as 2023-24 and the month as apr_2025."
    for file in PUBLISHED_FILES:
        if file.kind == "annual":
            assert file.period in file.name
        else:
            month = datetime.strptime(file.period, "%Y-%m").replace(tzinfo=UTC)
            assert month.strftime("_%b_%Y_").lower() in file.name


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["2023-24"], ["2023-24"]),
        (["2023/24"], ["2023-24"]),
        (["2025-04"], ["2025-04"]),
        (["2021-22..2023-24"], ["2021-22", "2022-23", "2023-24"]),
        (["2024-11..2025-02"], ["2024-11", "2024-12", "2025-01", "2025-02"]),
        (["2025-04", "2023-24", "2023-24", "2022-23..2023-24"], ["2022-23", "2023-24", "2025-04"]),
        (["latest"], ["2024-25", "2026-05"]),
    ],
)
def test_periods_are_chosen_as_they_are_written(words, expected):
    assert [file.period for file in select(words).files] == expected


def test_a_month_without_an_address_inside_a_range_is_named():
    selection = select(["2026-03..2026-05"])
    assert [file.period for file in selection.files] == ["2026-03", "2026-05"]
    assert selection.missing == ("2026-04",)


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("2016-17", "nearest is 2017-18"),
        ("2026-04", r"nearest is 2026-0[35]"),
        ("2019-21", "neither a financial year"),
        ("2025-13", "neither a financial year"),
        ("last year", "neither a financial year"),
        ("2023-24..2022-23", "the earlier first"),
        ("2023-24..2025-04", "the earlier first"),
        ("2023-24..", "neither a financial year"),
        ("2016-17..2018-19", "nearest is 2017-18"),
    ],
)
def test_a_period_that_is_not_one_says_what_is(word, words):
    with pytest.raises(AllcomersError, match=words):
        select([word])


def test_every_wrong_period_is_named_at_once():
    with pytest.raises(SeveralError) as raised:
        select(["2016-17", "2023-24", "nonsense"])
    assert len(raised.value.errors) == 2


def test_a_month_is_not_among_the_annual_files():
    with pytest.raises(AllcomersError, match="of which none is monthly"):
        select(["2025-04"], kind="annual")


@given(file=st.sampled_from(PUBLISHED_FILES), other=st.sampled_from(PUBLISHED_FILES))
@settings(deadline=None, derandomize=True)
def test_a_range_holds_its_ends_and_leaves_no_period_unsaid(file, other):
    first, last = sorted([file, other], key=lambda end: end.period)
    if first.kind == last.kind:
        selection = select([f"{first.period}..{last.period}"])
        assert {first, last} <= set(selection.files)
        assert set(selection.missing) <= {"2026-04"}


# The command line


def test_fetch_prints_the_paths_and_the_next_command(site, cli, tmp_path):
    site.serve(YEAR.url, ZIP)
    site.serve(MONTH.url, CSV)
    result = cli("fetch", "2023-24", "2025-04")
    assert result.exit_code == 0
    year, month = tmp_path / YEAR.name, tmp_path / MONTH.name
    assert f"2023-24: {year} ({len(ZIP):,} bytes; downloaded)" in result.stdout
    assert f"Next: allcomers observatory {year} {month} --out site\n" in result.stdout


def test_fetch_says_how_to_unpack_a_rar_and_leaves_it_out_of_the_next_command(site, cli):
    site.serve(YEAR_IN_RAR.url, RAR)
    result = cli("fetch", "2018-19")
    assert result.exit_code == 0
    assert "`unar " in result.stdout
    assert "7-Zip" in result.stdout
    assert "Next:" not in result.stdout


def test_fetch_gets_what_it_can_and_names_what_it_could_not(site, cli, tmp_path):
    site.serve(YEAR.url, ZIP)
    result = cli("fetch", "2022-23..2024-25")
    assert isinstance(result.exception, SeveralError)
    assert [BY_PERIOD[period].name in str(result.exception) for period in ("2022-23", "2024-25")] == [True, True]
    assert f"Next: allcomers observatory {tmp_path / YEAR.name} --out site" in result.stdout


def test_fetch_stops_where_nothing_answers(cli, closed_url):
    result = cli("fetch", "2022-23..2024-25", base_url=closed_url)
    assert isinstance(result.exception, SiteUnreachableError)
    assert result.stderr.count("trying again") == transfer.MAX_ATTEMPTS - 1


def test_fetch_says_on_standard_error_what_is_out_of_the_ordinary(site, cli):
    for file in select(["2026-03..2026-05"]).files:
        site.serve(file.url, CSV, troubles=[503])
    result = cli("fetch", "2026-03..2026-05", "--json")
    assert "No address is recorded for 2026-04, so it is left out." in result.stderr
    assert "answered 503; trying again" in result.stderr
    assert [one["period"] for one in json.loads(result.stdout)] == ["2026-03", "2026-05"]


def test_fetch_in_json_carries_the_receipt(site, cli, tmp_path):
    site.serve(YEAR.url, ZIP)
    cli("fetch", "2023-24")
    (fetched,) = json.loads(cli("fetch", "2023-24", "--json").stdout)
    assert datetime.fromisoformat(fetched.pop("fetched_at")).tzinfo is not None
    assert fetched == {
        "period": "2023-24",
        "kind": "annual",
        "format": "zip",
        "url": YEAR.at(site.url).url,
        "path": str(tmp_path / YEAR.name),
        "how": "cached",
        "sha256": hashlib.sha256(ZIP).hexdigest(),
        "size_bytes": len(ZIP),
        "etag": '"version-1"',
    }


def test_the_cache_folder_follows_the_platforms_own_setting(site, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    site.serve(YEAR.url, ZIP)
    CliRunner().invoke(published, ["fetch", "2023-24", "--base-url", site.url], catch_exceptions=False)
    assert (tmp_path / "allcomers" / "published" / YEAR.name).read_bytes() == ZIP


def test_a_base_url_that_is_not_one_is_refused(tmp_path):
    result = CliRunner().invoke(published, ["fetch", "2023-24", "--base-url", "files.example.org"])
    assert isinstance(result.exception, AllcomersError)
    assert "http://" in str(result.exception)


def test_list_shows_every_file_and_whether_it_is_here(site, cli, tmp_path):
    site.serve(YEAR.url, ZIP)
    cli("fetch", "2023-24")
    (tmp_path / MONTH.name).write_bytes(CSV)
    leave_part(tmp_path, YEAR_IN_RAR.url, RAR)
    listed = {row["period"]: row for row in json.loads(cli("list", "--json").stdout)}
    assert listed.keys() == BY_PERIOD.keys()
    here = {period: row["here"] for period, row in listed.items() if row["here"] != "none"}
    assert here == {"2023-24": "whole", "2025-04": "unchecked", "2018-19": "part"}
    assert {row["status"] for row in listed.values()} == {"recorded"}


def test_list_knows_a_file_from_another_address(site, cli):
    site.serve(YEAR.url, ZIP)
    cli("fetch", "2023-24")
    listed = json.loads(cli("list", "--json", base_url="https://mirror.example.org").stdout)
    assert {row["here"] for row in listed if row["period"] == "2023-24"} == {"unchecked"}


def test_list_as_a_table_keeps_one_kind_and_names_the_pages(cli):
    result = cli("list", "--kind", "annual")
    assert result.exit_code == 0
    assert "2024-25" in result.stdout
    assert "2025-04" not in result.stdout
    assert YEAR.publication_page in result.stdout
    assert "we have not tried them" in result.stdout


@pytest.mark.parametrize("command", [["--help"], ["list", "--help"], ["fetch", "--help"]])
def test_help_teaches_with_an_example(command):
    result = CliRunner().invoke(published, command)
    assert result.exit_code == 0
    assert "published" in result.stdout
