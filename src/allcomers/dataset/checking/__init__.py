"""Checking a data set: every rule, counted and located."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from allcomers.dataset.checking import formats
from allcomers.dataset.checking.evaluate import Evaluation, Telling
from allcomers.dataset.checking.result import CheckResult, Finding, Place, TableCount
from allcomers.dataset.model import DATE, Check, Rule, Severity, Submission
from allcomers.dataset.opened import Dataset
from allcomers.dataset.rules import BY_ID, NOT_EVALUATED, RULES, structure
from allcomers.dataset.tables import BY_NAME, TABLES
from allcomers.engine.delimited import LINE_BREAK, MALFORMED, NOT_UTF8

__all__ = ["CheckResult", "Finding", "Place", "TableCount", "check"]

SHOWN_PLACES = 5
EXPECTED = (
    "IDS000Header",
    "IDS001MPI",
    "IDS002GP",
    "IDS101Referral",
    "IDS201CareContact",
    "IDS202CareActivity",
    "IDS603PresentingComplaints",
    "IDS607CodedScoreAssessmentAct",
)
"""Tables that any service fills; the others may be empty."""
_TEXT_FAULTS = {
    MALFORMED: structure.MALFORMED_LINE,
    NOT_UTF8: structure.NOT_UTF8,
    LINE_BREAK: structure.LINE_BREAK,
}
_ORDER = {severity: place for place, severity in enumerate(Severity)}


def check(dataset: Dataset, *, rows: bool = False, tell: Telling = lambda _what, _share: None) -> CheckResult:
    """Evaluate every rule over a data set.

    Parameters
    ----------
    rows : keep the first faulty records themselves, for the person who must mend them. Without it no value from a
        record is in the result.
    tell : called with what is being done and the share done, 0 to 1.

    Returns
    -------
    CheckResult : for each rule broken, how many records and the first places; for each table, what became of its rows.
    """
    evaluation = Evaluation(dataset, tell)
    evaluation.run()
    tables = tuple(_count(evaluation, name) for name in dataset.relations)
    findings = sorted(
        [*_structural(dataset), *_found(evaluation)], key=lambda f: (_ORDER[f.rule.severity], f.table, f.rule.id)
    )
    applicable = [rule for rule in RULES if rule.id not in evaluation.not_applicable]
    return CheckResult(
        label=dataset.label,
        form=dataset.form,
        tables=tables,
        findings=tuple(findings),
        evaluated=len(applicable),
        not_applicable=tuple(evaluation.not_applicable),
        not_evaluated=NOT_EVALUATED,
        rejected_submissions=tuple(submission_names(dataset)[sub] for sub in sorted(evaluation.rejected_subs)),
        ignored=tuple(dataset.ignored),
        extra_columns=tuple(
            (name, tuple(extra)) for name in dataset.relations if (extra := dataset.extra_columns(name))
        ),
        absent=tuple(table.name for table in TABLES if table.name not in dataset.relations),
        examples=_examples(dataset, findings) if rows else {},
    )


def _count(evaluation: Evaluation, name: str) -> TableCount:
    """Input rows are accepted or rejected, and nothing else: counted apart, then held against each other."""
    malformed = evaluation.dataset.relations[name].files.count(MALFORMED)
    rejected = evaluation.rejected_rows(name) + malformed
    counted = TableCount(name, evaluation.rows[name] + malformed, rejected)
    assert 0 <= counted.accepted <= counted.rows == evaluation.dataset.rows(name), name
    return counted


def _found(evaluation: Evaluation) -> Iterator[Finding]:
    for id_, count in evaluation.counts.items():
        rule = BY_ID[id_]
        places = (
            _submission_places(evaluation.dataset, rule)
            if isinstance(rule.test, Submission)
            else _places(evaluation.dataset, rule)
        )
        yield Finding(
            rule,
            rule.table,
            rule.field,
            count,
            places,
            _by_submission(evaluation.dataset, rule),
            formats.guess(evaluation.dataset, rule) if _is_about_a_date(rule) else "",
        )


def _is_about_a_date(rule: Rule) -> bool:
    """Whether the rule is that a date can be read."""
    tests_reading = isinstance(rule.test, Check) and rule.test.fault.startswith("unreadable(")
    return tests_reading and BY_NAME[rule.table][rule.field].type == DATE


def _places(dataset: Dataset, rule: Rule) -> tuple[Place, ...]:
    relation = dataset.relations[rule.table]
    rows = dataset.session.rows(f"select __row from found_{rule.id} order by __row limit {SHOWN_PLACES}")
    return tuple(Place(*relation.place(row)) for (row,) in rows)


def _submission_places(dataset: Dataset, rule: Rule) -> tuple[Place, ...]:
    return tuple(Place(name, 0) for name, _ in _by_submission(dataset, rule)[:SHOWN_PLACES])


def _by_submission(dataset: Dataset, rule: Rule) -> tuple[tuple[str, int], ...]:
    """The submissions with most faults, where there are several submissions."""
    names = submission_names(dataset)
    if len(names) <= 2 and not isinstance(rule.test, Submission):
        return ()
    rows = dataset.session.rows(
        f"select __sub, count(*) as n from found_{rule.id} group by __sub order by n desc, __sub"
    )
    return tuple((names[sub], n) for sub, n in rows)


def submission_names(dataset: Dataset) -> dict[int, str]:
    """What to call each submission: provider, month, and its number where it has one."""
    rows = dataset.session.rows("select sub, provider, starts, id, grp from submission")
    return {sub: _name(sub, provider, starts, id_) for sub, provider, starts, id_, _ in rows}


def _name(sub: int, provider: str | None, starts: date | None, number: int | None) -> str:
    if not sub:
        return "no known submission"
    parts = (provider or "provider not given", f"{starts:%Y-%m}" if starts else "month not given")
    return " ".join(parts) + (f" (submission {number})" if number is not None else "")


def _structural(dataset: Dataset) -> Iterator[Finding]:
    for name in EXPECTED:
        if name not in dataset.relations:
            yield Finding(BY_ID[structure.MISSING_TABLE], name, "", 1)
    for name, relation in dataset.relations.items():
        yield from _missing_fields(dataset, name)
        for fault in relation.files.faults:
            places = tuple(Place(relation.files.labels[fault.file], row) for row in fault.first_rows)
            yield Finding(BY_ID[_TEXT_FAULTS[fault.kind]], name, fault.column, fault.count, places)
        if relation.has("UniqueSubmissionID") and (lost := _without_header(dataset, name)):
            yield Finding(BY_ID[structure.UNKNOWN_SUBMISSION], name, "UniqueSubmissionID", lost)
    versions = dataset.session.rows(
        "select version, count(*) from submission where version is not null group by version"
    )
    if len(versions) > 1:
        yield Finding(BY_ID[structure.MIXED_VERSIONS], "IDS000Header", "DatSetVer", sum(n for _, n in versions))


def _without_header(dataset: Dataset, name: str) -> int:
    return int(dataset.session.row(f"select count(*) from {name[:6]} where __sub = 0")[0])


def _missing_fields(dataset: Dataset, name: str) -> Iterator[Finding]:
    """In an extract as returned, fields that identify people are left out on purpose."""
    if name in dataset.views.returned:
        return
    label = ", ".join(dataset.relations[name].files.labels[:SHOWN_PLACES])
    for field in dataset.missing_fields(name):
        yield Finding(BY_ID[structure.MISSING_FIELD], name, field.name, dataset.rows(name), (Place(label, 0),))


def _examples(dataset: Dataset, findings: list[Finding]) -> dict[str, list[dict[str, Any]]]:
    """The first faulty records in full: the only place where values from records are shown."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        if finding.rule.table and not isinstance(finding.rule.test, Submission):
            sql = dataset.relations[finding.table].sql
            records = dataset.session.records(
                f"select * from ({sql}) where __row in (select __row from found_{finding.rule.id} "
                f"order by __row limit {SHOWN_PLACES}) order by __row"
            )
            kept[finding.rule.id] = [_shown(dataset, finding, record) for record in records]
    return kept


def _shown(dataset: Dataset, finding: Finding, record: dict[str, Any]) -> dict[str, Any]:
    file, row = dataset.relations[finding.table].place(record.pop("__row"))
    values = {k: None if v is None else str(v) for k, v in record.items() if not k.startswith("__")}
    return {"file": file, "row": row, "values": values}
