"""Faults that are planted are written down, and nothing else is touched; the check finds every one."""

from datetime import date

import polars as pl
import pytest

from allcomers import dataset
from allcomers.dataset.rules import BY_ID
from allcomers.synthetic import FileFormat, Form, Plan, generate, write
from allcomers.synthetic.faults import FAULTS, Way

PLAN = Plan(referrals=2_000, start=date(2024, 4, 1), months=6, seed=2)
RATE = 0.01


@pytest.fixture(scope="module")
def clean():
    return generate(PLAN)


@pytest.fixture(scope="module")
def faulty():
    return generate(PLAN, faults=RATE)


def test_every_kind_that_a_frame_can_hold_is_planted(faulty):
    kinds = {(fault.table, fault.kind) for fault in FAULTS if fault.way is not Way.DAY_FIRST}
    assert set(faulty["truth/faults"].select("table", "kind").unique().rows()) == kinds


def test_the_records_differ_just_where_a_fault_is_noted(clean, faulty):
    noted = faulty["truth/faults"]
    for name in (n for n in clean if n.startswith("IDS")):
        here = noted.filter(pl.col("table") == name)
        repeats = here.filter(pl.col("kind") == "duplicate").height
        assert faulty[name].height == clean[name].height + repeats, name
        same = faulty[name].head(clean[name].height)
        changed = sum((same[field].ne_missing(clean[name][field])).sum() for field in clean[name].columns)
        assert changed == here.height - repeats, name


def test_a_clean_data_set_has_no_fault_and_no_truth_of_any(clean):
    assert "truth/faults" not in clean


@pytest.mark.parametrize("form", list(Form))
def test_the_check_finds_nothing_on_clean_data(tmp_path, form):
    write(tmp_path / "out", PLAN, form=form)
    with dataset.open(tmp_path / "out") as opened:
        assert opened.form == str(form)
        result = dataset.check(opened)
    assert [(one.rule.id, one.count) for one in result.findings] == []
    assert result.rows > 50_000


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_the_check_finds_every_planted_fault(tmp_path, file_format):
    write(tmp_path / "out", PLAN, faults=RATE, file_format=file_format)
    path = tmp_path / "out" / "truth" / f"faults.{file_format}"
    noted = pl.read_parquet(path) if file_format is FileFormat.PARQUET else pl.read_csv(path, infer_schema=False)
    with dataset.open(tmp_path / "out") as opened:
        dataset.check(opened)
        missed = [fault for fault in noted.iter_rows(named=True) if not _found(opened, fault)]
    assert noted.height > 300
    assert missed == []


_FOUND: dict[tuple[int, str, str], set[str]] = {}


def _found(opened: dataset.Dataset, fault: dict[str, str]) -> bool:
    """Whether a rule of the fault's table and field points to its record."""
    wanted = (id(opened), fault["table"], fault["field"])
    if wanted not in _FOUND:
        _FOUND[wanted] = _keys_found(opened, fault)
    return fault["key"] in _FOUND[wanted]


def _keys_found(opened: dataset.Dataset, fault: dict[str, str]) -> set[str]:
    key = " || '|' || ".join(f'"{name}"::varchar' for name in fault["key_fields"].split("|"))
    tables = opened.session.rows("select table_name from information_schema.tables where table_name like 'found_%'")
    keys: set[str] = set()
    for (found,) in tables:
        rule = BY_ID.get(found.removeprefix("found_"))
        if rule is not None and rule.table == fault["table"] and fault["field"] in rule.test.fields:
            sql = f"select {key} from ({opened.relations[fault['table']].sql}) join {found} using (__row)"
            keys.update(name for (name,) in opened.session.rows(sql))
    return keys
