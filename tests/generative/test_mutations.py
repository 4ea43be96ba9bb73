"""Two thousand random changes to a valid submission: each is found at fault exactly when the standard says it is one.

Whether a change does harm is decided by an oracle of our own: plain Python, one submission at a time, which shares with
the checks the declared fields and code lists but none of their SQL. So a change that is found must be a fault by the
rules, and one that is not found must be harmless by them. Many changed submissions are checked in one run, each as a
submission of its own; a batch takes a few seconds.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from allcomers import codes, dataset
from allcomers.dataset import BY_NAME
from allcomers.dataset.scores import score_domains

BATCHES, CHANGES_A_BATCH = 4, 520
Row = dict[str, str | None]
Tables = dict[str, list[Row]]
Numbers = np.random.Generator

CONCEPTS = {"304891004", "748051000000105", "1098051000000103", "27113001", "73211009", "83482000", "20430005"}
CONCEPTS |= {"76102007", "160549006", "160552003", "720433000", "13645005"}
CONCEPTS |= {code.code for code in codes.get("CodeProcAndProcStatus").codes if code.code.isdigit()}
"""SNOMED CT codes whose check digit is right; any other digits that a change makes of them differ in one digit only."""

TEXT_LENGTHS = {
    "OrgIDProv": (3, 6), "OrgIDSubmit": (3, 6), "PrimSystemInUse": (0, 20), "LocalPatientId": (0, 20),
    "OrgIDLocalPatientId": (3, 5), "GMPCodeReg": (6, 6), "ServiceRequestId": (0, 20), "OrgIDComm": (3, 5),
    "OrgIDReceiving": (3, 5), "PauseID": (0, 5), "CareContactId": (0, 20), "IntEnabledTherProg": (0, 20),
    "SiteIDOfTreat": (5, 9), "CareActId": (0, 20), "CarePersLocalId": (0, 20), "CodeFind": (4, 18),
    "ObsValue": (0, 10), "UnitMeasure": (0, 10), "LongTermCondition": (4, 18), "PresComp": (4, 18), "PersScore": (0, 5),
}  # fmt: skip
DIGITS = {
    "ClinContDurOfCareCont": 4, "NumGroupTherParticipants": 3, "NumGroupTherFacilitators": 2,
    "ClinContactDurOfCareAct": 4, "DurationIntEnabledTher": 4,
}  # fmt: skip
WARNED_WHEN_BLANK = {
    ("IDS001MPI", "NHSNumber"), ("IDS001MPI", "NHSNumberStatus"), ("IDS001MPI", "Postcode"), ("IDS001MPI", "Gender"),
    ("IDS004EmpStatus", "EmployStatusRecDate"), ("IDS011SocPerCircumstances", "SocPerCircumstanceRecDate"),
    ("IDS012OverseasVisitorChargCat", "OvsVisChCatAppDate"), ("IDS108WaitingTimePauses", "PauseReason"),
    ("IDS603PresentingComplaints", "PresCompCodSig"), ("IDS803CareCluster", "StartDateCareClust"),
}  # fmt: skip


def _pairs(table: str) -> list[tuple[str, str]]:
    """The words of a table of two columns, in pairs."""
    words = table.split()
    return list(zip(words[::2], words[1::2], strict=True))


START, END, BIRTH, RECEIVED = "start", "end", "birth", "received"
NOT_AFTER = _pairs("""
    IDS003.AccommodationTypeDate end
    IDS004.EmployStatusRecDate end        IDS004.EmpSupportReferral end         IDS004.EmpSupportDischargeDate end
    IDS011.SocPerCircumstanceRecDate end  IDS012.OvsVisChCatAppDate end         IDS101.ReferralRequestReceivedDate end
    IDS101.ServDischDate end              IDS105.OnwardReferDate end            IDS108.PauseStartDate end
    IDS108.PauseEndDate end               IDS201.CareContDate end               IDS205.StartDateIntEnabledTherLog end
    IDS205.EndDateIntEnabledTherLog end   IDS601.DiagDate end                   IDS603.PresCompDate end
    IDS606.AssToolCompDate end            IDS803.StartDateCareClust end         IDS803.EndDateCareClust end
    IDS902.QualAwardedDate end            IDS002.EndDateGMPRegistration end
""")
NOT_BEFORE = _pairs("""
    IDS002.StartDateGMPRegistration birth        IDS002.EndDateGMPRegistration start
    IDS002.EndDateGMPRegistration StartDateGMPRegistration
    IDS003.AccommodationTypeEndDate AccommodationTypeStartDate
    IDS004.EmployStatusRecDate birth             IDS004.EmpSupportReferral birth
    IDS004.EmpSupportDischargeDate EmpSupportReferral
    IDS011.SocPerCircumstanceRecDate birth       IDS012.OvsVisChCatAppDate birth
    IDS101.ReferralRequestReceivedDate birth     IDS101.ServDischDate ReferralRequestReceivedDate
    IDS105.OnwardReferDate start                 IDS105.OnwardReferDate received
    IDS108.PauseStartDate received               IDS108.PauseEndDate start        IDS108.PauseEndDate PauseStartDate
    IDS201.CareContDate start                    IDS201.CareContDate received     IDS201.CareContDate birth
    IDS205.StartDateIntEnabledTherLog received   IDS205.EndDateIntEnabledTherLog start
    IDS205.EndDateIntEnabledTherLog StartDateIntEnabledTherLog
    IDS601.DiagDate birth                        IDS603.PresCompDate birth
    IDS606.AssToolCompDate start                 IDS606.AssToolCompDate received
    IDS803.EndDateCareClust start                IDS803.EndDateCareClust StartDateCareClust
    IDS902.QualPlannedCompletionDate start       IDS902.QualAwardedDate QualPlannedCompletionDate
""")
SCORES = {domain.code: domain for domain in score_domains()}
IN_PERIOD = {
    "IDS101Referral": ("ReferralRequestReceivedDate", "ServDischDate"), "IDS105OnwardReferral": ("OnwardReferDate",),
    "IDS201CareContact": ("CareContDate",), "IDS205InternetTherLog": ("EndDateIntEnabledTherLog",),
    "IDS606CodedScoreAssessmentRefer": ("AssToolCompDate",),
}  # fmt: skip


def day(value: str | None) -> date | None:
    """A date as the standard writes it; None when blank or anything else."""
    if value is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


class Oracle:
    """Whether one submission breaks any rule, record by record in plain Python."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.header = tables["IDS000Header"][0] if tables["IDS000Header"] else {}
        self.start, self.end = (day(self.header.get(f"ReportingPeriod{what}Date")) for what in ("Start", "End"))
        self.patients = self._first("IDS001MPI", "LocalPatientId")
        self.referrals = self._first("IDS101Referral", "ServiceRequestId")

    def finds_fault(self) -> bool:
        tests = (self._shape, self._values, self._dates, self._keys, self._links, self._conditions, self._scores)
        return any(test() for test in tests)

    def _first(self, table: str, key: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in self.tables[table]:
            if row[key] is not None:
                found.setdefault(row[key], row)
        return found

    def _shape(self) -> bool:
        """One header, and every core table filled, with something in the period."""
        if len(self.tables["IDS000Header"]) != 1:
            return True
        if not all(self.tables[name] for name in ("IDS001MPI", "IDS002GP", "IDS101Referral")):
            return True
        dates = [day(row[name]) for table, names in IN_PERIOD.items() for row in self.tables[table] for name in names]
        return not any(d and self.start and self.end and self.start <= d <= self.end for d in dates)

    def _values(self) -> bool:
        return any(
            self._bad_value(table, name, value)
            for table, rows in self.tables.items()
            for row in rows
            for name, value in row.items()
        )

    def _bad_value(self, table: str, name: str, value: str | None) -> bool:
        field = BY_NAME[table][name]
        if value is None:
            return field.mandation == "M" or (table, name) in WARNED_WHEN_BLANK
        if field.type == "date":
            found = day(value)
            return found is None or found < date(1890, 1, 1)
        if field.type == "datetime":
            return not _is_moment(value)
        if name in DIGITS:
            return not re.fullmatch(rf"[0-9]{{1,{DIGITS[name]}}}", value) or ("Dur" in name and _too_long(table, value))
        return self._bad_text(name, field.codes, value)

    def _bad_text(self, name: str, listed: str, value: str) -> bool:
        shortest, longest = TEXT_LENGTHS.get(name, (0, 1000))
        if not shortest <= len(value) <= longest:
            return True
        if name in ("SocPerCircumstance", "CodeProcAndProcStatus", "CodeObs"):
            return value not in CONCEPTS
        if listed and name != "CodeProcAndProcStatus":
            return value not in {code.code for code in codes.get(listed).codes}
        patterns = {
            "NHSNumber": r"[0-9]{10}",
            "Postcode": r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? +[0-9][A-Za-z]{2}",
            "OnsetDate": r"[0-9]{4}-(0[1-9]|1[0-2])",
            "DatSetVer": r"[0-9]{1,2}\.[0-9]{1,2}",
            "DiagSchemeInUse": "01|04",
            "LanguageCodePreferred": "en|pl|cy|q[1-5]",
            "LanguageCodeTreat": "en|pl|cy|q[1-5]",
        }
        if name in patterns and not re.fullmatch(patterns[name], value):
            return True
        return name == "NHSNumber" and sum((10 - i) * int(digit) for i, digit in enumerate(value)) % 11 != 0

    def _known(self, row: Row, name: str) -> date | None:
        """A date of the row, of what it belongs to, or of the reporting period."""
        if name in (START, END):
            return self.start if name == START else self.end
        if name in (BIRTH, RECEIVED):
            referral = self.referrals.get(row.get("ServiceRequestId") or "", {})
            if name == RECEIVED:
                return day(referral.get("ReferralRequestReceivedDate"))
            source = row if "LocalPatientId" in row else referral
            return day(self.patients.get(source.get("LocalPatientId") or "", {}).get("PersonBirthDate"))
        return day(row[name])

    def _dates(self) -> bool:
        late = any(self._out_of_order(name, other, after=True) for name, other in NOT_AFTER)
        return late or any(self._out_of_order(name, other, after=False) for name, other in NOT_BEFORE)

    def _out_of_order(self, named: str, other: str, *, after: bool) -> bool:
        code, name = named.split(".")
        table = next(table for table in self.tables if table.startswith(code))
        for row in self.tables[table]:
            own, bound = day(row[name]), self._known(row, other)
            if own and bound and (own > bound if after else own < bound):
                return True
        return False

    def _keys(self) -> bool:
        for table, rows in self.tables.items():
            key, alike = BY_NAME[table].key, table.startswith("IDS606")
            found = Counter(
                values
                for row in rows
                if (values := tuple(row[name] for name in key)) and (values[0] if alike else None not in values)
            )
            if key and any(count > 1 for count in found.values()):
                return True
        numbers = Counter(row["NHSNumber"] for row in self.tables["IDS001MPI"] if row["NHSNumber"])
        return any(count > 1 for count in numbers.values()) or self._open_twice() or self._attended_twice()

    def _open_twice(self) -> bool:
        """At most one row of a patient may be without the date that closes or dates it."""
        ends = {
            "IDS002GP": "EndDateGMPRegistration",
            "IDS004EmpStatus": "EmployStatusRecDate",
            "IDS803CareCluster": "EndDateCareClust",
        }
        return any(
            count > 1
            for table, end in ends.items()
            for count in Counter(r["LocalPatientId"] for r in self.tables[table] if r[end] is None).values()
        )

    def _attended_twice(self) -> bool:
        at = ("ServiceRequestId", "CareContDate", "CareContTime")
        attended = [row for row in self.tables["IDS201CareContact"] if row["AttendOrDNACode"] in ("5", "6")]
        return any(count > 1 for count in Counter(tuple(row[name] for name in at) for row in attended).values())

    def _links(self) -> bool:
        for table, rows in self.tables.items():
            parent = BY_NAME[table].parent
            if parent and {row[parent.field] for row in rows} - {r[parent.field] for r in self.tables[parent.table]}:
                return True
        for needed in ("IDS002GP", "IDS101Referral"):
            if set(self.patients) - {row["LocalPatientId"] for row in self.tables[needed]}:
                return True
        with_activity = {row["CareContactId"] for row in self.tables["IDS202CareActivity"]}
        attended = [row for row in self.tables["IDS201CareContact"] if row["AttendOrDNACode"] in ("5", "6")]
        return any(row["CareContactId"] not in with_activity for row in attended)

    def _conditions(self) -> bool:
        return any(
            faulty(self, row)
            for table, conditions in CONDITIONS.items()
            for row in self.tables[table]
            for faulty in conditions
        )

    def _scores(self) -> bool:
        rows = self.tables["IDS606CodedScoreAssessmentRefer"] + self.tables["IDS607CodedScoreAssessmentAct"]
        return any(self._bad_score(row["CodedAssToolType"], row["PersScore"]) for row in rows)

    def _bad_score(self, concept: str | None, score: str | None) -> bool:
        if concept not in SCORES or score is None:
            return True
        domain = SCORES[concept]
        low = domain.plausible_low
        below = low is not None and re.fullmatch(r"[0-9.]+", score) is not None and float(score) < low
        return below or not domain.accepts(score) or not re.fullmatch(domain.pattern, score)


def _is_moment(value: str) -> bool:
    if ":" not in value:
        return False
    if re.fullmatch(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", value):
        value = f"1970-01-01T{value}"
    try:
        return datetime.fromisoformat(value).year >= 1890
    except ValueError:
        return False


def _too_long(table: str, minutes: str) -> bool:
    return table != "IDS205InternetTherLog" and int(minutes) > 1440


def _form_fits_scheme(scheme: str | None, code: str | None) -> bool:
    if scheme == "04":
        return code is None or code in CONCEPTS
    return (
        scheme != "01" or code is None or bool(re.fullmatch(r"[A-Z][0-9][0-9A-Z](\.?[0-9X]{1,2})?[AD]?", code.upper()))
    )


def _next_practice_missing(oracle: Oracle, row: Row) -> bool:
    ended = day(row["EndDateGMPRegistration"])
    if ended is None:
        return row["EndDateGMPRegistration"] is not None
    following = [
        other["GMPCodeReg"]
        for other in oracle.tables["IDS002GP"]
        if other["LocalPatientId"] == row["LocalPatientId"]
        and day(other["StartDateGMPRegistration"]) == ended + timedelta(days=1)
    ]
    return not following or row["GMPCodeReg"] in following


def _discharged_early(oracle: Oracle, row: Row) -> bool:
    discharged, referral = day(row["ServDischDate"]), row["ServiceRequestId"]
    if not (discharged and oracle.start and discharged < oracle.start):
        return False
    followed = any(
        c["ServiceRequestId"] == referral and c["AppType"] == "06" for c in oracle.tables["IDS201CareContact"]
    )
    asked = any(
        s["ServiceRequestId"] == referral and (s["CodedAssToolType"] or "").startswith(("7478", "7479", "904691"))
        for s in oracle.tables["IDS606CodedScoreAssessmentRefer"]
    )
    return not (followed or asked)


def _after_discharge(oracle: Oracle, row: Row) -> bool:
    held = day(row["CareContDate"])
    discharged = day(oracle.referrals.get(row["ServiceRequestId"] or "", {}).get("ServDischDate"))
    allowed = row["AppType"] is None or row["AppType"] in ("06", "10")
    return bool(held and discharged and held > discharged and not allowed)


def _onset_before_birth(oracle: Oracle, row: Row) -> bool:
    birth = day(oracle.patients.get(row["LocalPatientId"] or "", {}).get("PersonBirthDate"))
    return bool(row["OnsetDate"] and birth and row["OnsetDate"] < f"{birth:%Y-%m}")


def _born_wrongly(oracle: Oracle, row: Row) -> bool:
    born = day(row["PersonBirthDate"])
    if not (born and oracle.start and oracle.end):
        return False
    return (
        born > oracle.end
        or born.year + 121 < oracle.start.year
        or (born.year + 121 == oracle.start.year and (born.month, born.day) <= (oracle.start.month, oracle.start.day))
    )


def _planned_too_late(oracle: Oracle, row: Row) -> bool:
    planned = day(row["QualPlannedCompletionDate"])
    return bool(planned and oracle.end and planned > oracle.end.replace(year=oracle.end.year + 2))


def _registered_too_late(oracle: Oracle, row: Row) -> bool:
    began = day(row["StartDateGMPRegistration"])
    return bool(began and oracle.end and began > oracle.end + timedelta(days=1))


Condition = Callable[[Oracle, Row], bool]
CONDITIONS: dict[str, list[Condition]] = {
    "IDS000Header": [
        lambda o, r: r["DatSetVer"] != ("2.0" if o.start and o.start < date(2022, 4, 1) else "2.1"),
    ],
    "IDS001MPI": [
        lambda _, r: r["NHSNumber"] is not None and r["NHSNumberStatus"] == "07",
        lambda _, r: r["NHSNumber"] is None and r["NHSNumberStatus"] in ("01", "02"),
        lambda o, r: (
            None not in (r["OrgIDLocalPatientId"], o.header["OrgIDProv"])
            and r["OrgIDLocalPatientId"] != o.header["OrgIDProv"]
        ),
        _born_wrongly,
    ],
    "IDS002GP": [_next_practice_missing, _registered_too_late],
    "IDS004EmpStatus": [
        lambda _, r: r["EmpSupportReferral"] is not None and r["EmpSupportInd"] is None,
        lambda _, r: r["EmpSupportReferral"] is None and r["EmpSupportInd"] == "Y",
    ],
    "IDS101Referral": [
        lambda _, r: (r["ServDischDate"] is None) != (r["EndCode"] is None),
        _discharged_early,
        _onset_before_birth,
    ],
    "IDS201CareContact": [
        lambda _, r: r["AttendOrDNACode"] == "2" and r["Cancellation"] is None,
        lambda _, r: r["AttendOrDNACode"] not in (None, "2") and r["Cancellation"] is not None,
        _after_discharge,
    ],
    "IDS202CareActivity": [
        lambda _, r: (r["CodeFind"] is None) != (r["FindSchemeInUse"] is None),
        lambda _, r: r["ObsValue"] is not None and r["UnitMeasure"] is None,
        lambda _, r: not _form_fits_scheme(r["FindSchemeInUse"], r["CodeFind"]),
    ],
    "IDS602LongTermCondition": [lambda _, r: not _form_fits_scheme(r["FindSchemeInUse"], r["LongTermCondition"])],
    "IDS603PresentingComplaints": [lambda _, r: not _form_fits_scheme(r["FindSchemeInUse"], r["PresComp"])],
    "IDS902CarePersQual": [
        lambda _, r: r["QualAwardedDate"] is None and r["QualPlannedCompletionDate"] is None,
        lambda _, r: (day(r["QualAwardedDate"]) or date.max) < date(2005, 1, 1),
        _planned_too_late,
    ],
}


class Changes:
    """Random changes to one submission: a cell, or a row."""

    def __init__(self, valid: Tables, numbers: Numbers) -> None:
        self.valid, self.numbers = valid, numbers

    def draw(self) -> tuple[str, str, list[Row]]:
        """What was done, in which table, and the rows of that table afterwards."""
        table = self._one(sorted(self.valid))
        rows = [dict(row) for row in self.valid[table]]
        place = int(self.numbers.integers(len(rows)))
        if self.numbers.random() < 0.15:
            if self.numbers.random() < 0.5:
                return f"row {place + 1} taken out", table, rows[:place] + rows[place + 1 :]
            return f"row {place + 1} repeated", table, [*rows, dict(rows[place])]
        name = self._one(sorted(rows[place]))
        rows[place][name] = self._value(table, name, rows[place][name])
        return f"row {place + 1}: {name} = {rows[place][name]!r}", table, rows

    def _value(self, table: str, name: str, old: str | None) -> str | None:
        kind = BY_NAME[table][name].type
        makers: list[Callable[[], str | None]] = [
            lambda: None,
            lambda: self._one(["?", "x" * 21, "0", "99", "ZZZ", "07/04/2025", "2025-13-01", "1889-12-31", "-1", "1e3"]),
            lambda: self._one([row[name] for row in self.valid[table]]),
        ]
        if kind == "date":
            makers += [lambda: self._shifted(old)] * 3
        if BY_NAME[table][name].codes:
            makers += [lambda: self._one([code.code for code in codes.get(BY_NAME[table][name].codes).codes])] * 2
        if name == "PersScore":
            makers += [lambda: self._one(["0", "9", "21", "22", "27", "28", "2.85", "Y", "NA"])] * 3
        if name in DIGITS:
            makers += [lambda: str(self.numbers.integers(0, 3000))] * 2
        if old and old.isdigit() and len(old) >= 8:
            makers += [lambda: old[:-1] + str((int(old[-1]) + 1) % 10)]
        parent = BY_NAME[table].parent
        if parent and name == parent.field:
            makers += [lambda: self._one([row[name] for row in self.valid[parent.table]])]
        return makers[int(self.numbers.integers(len(makers)))]()

    def _shifted(self, old: str | None) -> str:
        span = int(self._one([2, 40, 400, 20_000]))
        return str((day(old) or date(2025, 4, 15)) + timedelta(days=int(self.numbers.integers(-span, span + 1))))

    def _one(self, choices: list):  # type: ignore[no-untyped-def, type-arg]
        return choices[int(self.numbers.integers(len(choices)))]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_change_is_found_exactly_when_the_rules_make_it_a_fault(batch, valid, session):
    tables: Tables = {name: frame.to_dicts() for name, frame in valid.items()}
    drawn = Changes(tables, np.random.default_rng(batch))
    changes = [drawn.draw() for _ in range(CHANGES_A_BATCH)]
    broken = _check_all(valid, changes, session)
    harmful = [Oracle({**tables, table: rows}).finds_fault() for _, table, rows in changes]
    wrong = [
        f"{table} {what}: " + (f"found {broken[i]}, but harmless" if broken[i] else "a fault, but not found")
        for i, (what, table, _) in enumerate(changes)
        if bool(broken[i]) != harmful[i]
    ]
    assert wrong == []
    assert 0.2 < sum(harmful) / len(harmful) < 0.95  # both kinds were drawn


def _check_all(valid: dict[str, pl.DataFrame], changes: list[tuple[str, str, list[Row]]], session) -> list[set[str]]:
    """The rules broken by each change, all checked in one run: each change is a submission with its own number."""
    frames = {}
    for name, frame in valid.items():
        unchanged = [str(i) for i, (_, table, _) in enumerate(changes) if table != name]
        same = frame.join(pl.DataFrame({"UniqueSubmissionID": unchanged}), how="cross")
        rows = [
            {**row, "UniqueSubmissionID": str(i)} for i, (_, t, rows) in enumerate(changes) if t == name for row in rows
        ]
        frames[name] = pl.concat([same, pl.DataFrame(rows, schema=same.schema)]) if rows else same
    result = dataset.check(dataset.from_frames(frames, session=session, form="submissions"))
    assert result.rows == sum(map(len, frames.values()))
    broken: list[set[str]] = [set() for _ in changes]
    for finding in result.findings:
        for submission, _ in finding.submissions:
            broken[int(re.search(r"submission (\d+)", submission)[1])].add(finding.rule.id)
    return broken
