"""The tables that hang on a referral, its contacts and its scores."""

from functools import cache

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from allcomers.synthetic import groups, therapies
from allcomers.synthetic.answers import NOT_ANSWERED, Answers
from allcomers.synthetic.arrays import Flags, Ints, ragged
from allcomers.synthetic.classes import FINISHED, Kind
from allcomers.synthetic.columns import (
    MISSING,
    blank,
    coded,
    dates,
    decimal_digits,
    identifiers,
    same,
    texts,
    whole_numbers,
)
from allcomers.synthetic.contacts import (
    APP_TYPES,
    ASSESSMENT,
    ATTENDANCE,
    BOTH,
    EMPLOYMENT_SUPPORT,
    FOLLOW_UP,
    PATIENT_CANCELLED,
    Contacts,
)
from allcomers.synthetic.groups import SPECIFIC_INSTRUMENT
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.pathways import SPECIFIC, Pathways
from allcomers.synthetic.people import (
    NUMBERS_A_BLOCK,
    People,
    draw_code,
    draw_index,
    level_codes,
    local_patient_ids,
    rank_within,
)
from allcomers.synthetic.questionnaires import questionnaire
from allcomers.synthetic.sending import Calendar, Records
from allcomers.synthetic.staff import staff_ids
from allcomers.synthetic.therapies import EMPLOYMENT_SUPPORT as EMPLOYMENT_CODE

CONTACTS_A_PATHWAY = 1000
PROGRAMMES = {"Silvercloud": 70, "Minddistrict": 10, "Beating the Blues": 8, "Sleepio": 6, "Daylight": 6}
"""Names that the national grouping of internet enabled programmes recognises (weights are design values)."""


class ReferralRecords:
    """Makes the tables of one block that hang on the referral."""

    def __init__(
        self,
        rng: Generator,
        calendar: Calendar,
        organisations: Organisations,
        block: int,
        people: People,
        pathways: Pathways,
        contacts: Contacts,
    ) -> None:
        self.rng, self.calendar, self.organisations = rng, calendar, organisations
        self.people, self.pathways, self.contacts = people, pathways, contacts
        self.last_day = calendar.plan.last_day
        self.number = block * NUMBERS_A_BLOCK + np.arange(len(pathways))
        self.discharged = pathways.timeline.discharged <= self.last_day
        self.contact_number = self.number[contacts.pathway] * CONTACTS_A_PATHWAY + rank_within(contacts.pathway)
        self.contact_provider = pathways.provider[contacts.pathway]

    def referral_ids(self, where: Ints | None = None) -> pa.Array:
        """Identifier of each pathway, or of the pathways `where`."""
        return identifiers("ZR", self.number if where is None else self.number[where], 9)

    def contact_ids(self, where: Ints) -> pa.Array:
        """Identifier of the contacts `where`."""
        return identifiers("ZC", self.contact_number[where], 12)

    def activity_ids(self, where: Ints, counts: Ints | None = None) -> pa.Array:
        """Identifier of the one activity of each of the contacts `where`, each `counts` times over."""
        return identifiers("ZA", self.contact_number[where], 12, counts)

    def _each_month(self, table: pa.Table, where: Ints) -> Records:
        """Records sent with their referral, every month that it is open."""
        line = self.pathways.timeline
        return self.calendar.monthly(
            table, self.pathways.provider[where], since=line.referred[where], until=line.discharged[where]
        )

    def referrals(self) -> Records:
        """IDS101Referral."""
        line, rows = self.pathways.timeline, len(self.pathways)
        person = self.people.of_pathway
        table = pa.table(
            {
                "ServiceRequestId": self.referral_ids(),
                "LocalPatientId": local_patient_ids(self.people.number[person]),
                "OrgIDComm": coded(
                    2 * self.organisations.board[self.pathways.provider], self.organisations.sub_board_codes
                ),
                "ReferralRequestReceivedDate": dates(line.referred),
                "SourceOfReferralIAPT": self._source(),
                "OnsetDate": self._onset(),
                "PrevDiagCondInd": draw_code(self.rng, rows, {"Y": 25, "N": 30, "U": 5, "Z": 1, "": 39}),
                "EndCode": self._end_code(),
                "ServDischDate": dates(np.where(self.discharged, line.discharged, MISSING)),
                "UsePathway_Flag": pa.array(np.ones(rows, dtype=bool)),
                "PathwayID": identifiers("ZT", self.number, 9),
            }
        )
        return self._each_month(table, np.arange(rows))

    def _source(self) -> pa.DictionaryArray:
        weights = {"B1": 70, "A1": 17, "A3": 2, "H2": 2, "M7": 2, "P1": 2, "G4": 1, "C2": 0.7, "M5": 0.6, "N4": 0.7}
        return draw_code(self.rng, len(self.pathways), weights | {"A4": 0.6, "D1": 0.4, "M6": 0.7, "H1": 0.3})

    def _onset(self) -> pa.Array:
        """Month in which it began, where the person could say."""
        referred = self.pathways.timeline.referred
        back = (self.rng.exponential(700, len(referred)) + 20).astype(np.int64)
        adult = self.people.born[self.people.of_pathway] + 6000
        began = np.maximum(referred - back, np.minimum(adult, referred - 31))
        month = began.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        letters = np.empty((len(month), 7), dtype=np.uint8)
        letters[:, :4] = decimal_digits(1970 + month // 12, 4)
        letters[:, 4] = ord("-")
        letters[:, 5:] = decimal_digits(month % 12 + 1, 2)
        return texts(letters, self.rng.random(len(month)) < 0.45)

    def _end_code(self) -> pa.DictionaryArray:
        """Why the referral was closed, by how far it went."""
        words = ("50", "10", "11", "12", "13", "14", "16", "17", "95", "46", "47", "48", "49", "96")
        by_stage = (
            [70, 10, 8, 1, 2, 8, 0, 0.05, 1, 0, 0, 0, 0, 0],
            [0, 12, 26, 14, 16, 14, 14, 0.05, 4, 0, 0, 0, 0, 0],
            [0, 3, 12, 22, 8, 6, 0, 0, 1, 6, 6, 36, 0.05, 2],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 66, 6, 26, 0.05, 2],
        )
        stage = np.minimum(self.pathways.kind, Kind.UNSCORED)
        index = np.empty(len(stage), dtype=np.int64)
        for one, weights in enumerate(by_stage):
            where = np.flatnonzero(stage == one)
            index[where] = draw_index(self.rng, len(where), weights)
        return coded(np.where(self.discharged, index, MISSING), words)

    def onward_referrals(self) -> Records:
        """IDS105OnwardReferral: on the day of discharge."""
        chance = np.where(self.pathways.kind >= FINISHED, 0.03, 0.06)
        where = np.flatnonzero(self.discharged & (self.rng.random(len(chance)) < chance))
        day = self.pathways.timeline.discharged[where]
        table = pa.table(
            {
                "ServiceRequestId": self.referral_ids(where),
                "OnwardReferDate": dates(day),
                "OnwardReferTime": blank(len(where)),
                "OnwardReferReason": draw_code(
                    self.rng, len(where), {"01": 20, "02": 10, "03": 10, "04": 5, "05": 5, "06": 5, "98": 5, "96": 2}
                ),
                "OrgIDReceiving": same("ZX001", len(where)),
            }
        )
        return self.calendar.once(table, self.pathways.provider[where], day)

    def pauses(self) -> Records:
        """IDS108WaitingTimePauses: within the wait for a first treatment, and over before it."""
        line = self.pathways.timeline
        wait = line.first_session - line.referred
        eligible = (line.first_session >= 0) & (wait >= 20) & (line.first_session <= self.last_day)
        where = np.flatnonzero(eligible & (self.rng.random(len(wait)) < 0.10))
        start = line.referred[where] + 2 + self.rng.integers(0, 5, len(where))
        end = start + 5 + (self.rng.random(len(where)) * (wait[where] - 15)).astype(np.int64)
        table = pa.table(
            {
                "PauseID": same("1", len(where)),
                "ServiceRequestId": self.referral_ids(where),
                "PauseStartDate": dates(start),
                "PauseEndDate": dates(end),
                "PauseReason": draw_code(self.rng, len(where), {"01": 6, "02": 3, "03": 1}),
            }
        )
        return self.calendar.once(table, self.pathways.provider[where], end)

    def care_contacts(self) -> Records:
        """IDS201CareContact."""
        made = np.flatnonzero(~self.contacts.log)
        c = self.contacts.where(made)
        rows, attended = len(c), c.attended
        mechanism = draw_index(self.rng, rows, [30, 34, 34, 2])
        face_to_face = mechanism == 0
        group = c.therapy == therapies.CODES.index("702545008")
        size = np.where(group, self.rng.integers(6, 21, rows), 0)
        commissioner = 2 * self.organisations.board[self.pathways.provider[c.pathway]]
        table = pa.table(
            {
                "CareContactId": self.contact_ids(made),
                "ServiceRequestId": self.referral_ids(c.pathway),
                "CareContDate": dates(c.day),
                "CareContTime": blank(rows),
                "OrgIDComm": coded(commissioner, self.organisations.sub_board_codes),
                "PlannedCareContIndicator": coded(c.unplanned.astype(np.int64), ["Y", "N"]),
                "AttendOrDNACode": coded(np.where(c.unplanned, MISSING, c.attendance), ATTENDANCE),
                "Cancellation": self._short_notice(c),
                "ClinContDurOfCareCont": whole_numbers(self._minutes(c), ~attended),
                "IAPTLTCServiceInd": coded(self._integrated()[c.pathway], ["N", "Y"]),
                "AppType": coded(c.app_type, APP_TYPES),
                "ConsMechanism": coded(np.where(attended, mechanism, MISSING), ["01", "02", "11", "98"]),
                "IntEnabledTherProg": blank(rows),
                "CareContPatientTherMode": coded(np.where(attended, 2 * group, MISSING), ["1", "2", "3"]),
                "NumGroupTherParticipants": whole_numbers(size, ~(attended & group)),
                "NumGroupTherFacilitators": whole_numbers(np.full(rows, 2), ~(attended & group)),
                "PsychMed": self._medication(c),
                "ActLocTypeCode": coded(np.where(attended & face_to_face, 0, MISSING), ["C02"]),
                "SiteIDOfTreat": blank(rows),
                "LanguageCodeTreat": coded(np.where(attended, 0, MISSING), ["en"]),
                "InterpreterPresentInd": coded(
                    np.where(attended, self._interpreter()[c.pathway], MISSING), ["4", "1", "2"]
                ),
            }
        )
        return self.calendar.once(table, self.contact_provider[made], c.day)

    def _short_notice(self, c: Contacts) -> pa.DictionaryArray:
        by_patient = (c.attendance == PATIENT_CANCELLED) & ~c.unplanned
        return coded(np.where(by_patient, (self.rng.random(len(c)) < 0.4).astype(np.int64), MISSING), ["N", "Y"])

    def _minutes(self, c: Contacts) -> Ints:
        usual = np.select(
            [np.isin(c.app_type, (ASSESSMENT, BOTH)), c.app_type == FOLLOW_UP, c.app_type == EMPLOYMENT_SUPPORT],
            [45, 25, 40],
            30,
        )
        high = (c.therapy < therapies.UNCODED) & np.append(therapies.HIGH, False)[c.therapy]
        return np.where(high & (c.session >= 0), 55, usual) + 5 * self.rng.integers(-1, 2, len(c))

    def _integrated(self) -> Ints:
        """Seen in a service for long-term conditions: some of the people who have one."""
        level = self.people.level["ltc"][self.people.of_pathway]
        with_condition = np.isin(level, (0, 2))
        return (with_condition & (self.rng.random(len(level)) < 0.45)).astype(np.int64)

    def _interpreter(self) -> Ints:
        return draw_index(self.rng, len(self.pathways), [98, 1.5, 0.5])

    def _medication(self, c: Contacts) -> pa.DictionaryArray:
        """What the person says they take: the same throughout, but for a few from the second half on."""
        words = ("02", "03", "01", "UU", "ZZ")
        weights = [44, 44, 4, 6, 2]
        first, later = (draw_index(self.rng, len(self.pathways), weights) for _ in range(2))
        changes = self.rng.random(len(self.pathways)) < 0.08
        half = c.session > self.pathways.timeline.sessions[c.pathway] // 2
        state = np.where(changes[c.pathway] & half, later[c.pathway], first[c.pathway])
        return coded(np.where(c.attended & (c.app_type != EMPLOYMENT_SUPPORT), state, MISSING), words)

    def activities(self) -> Records:
        """IDS202CareActivity: one an attended contact."""
        made = np.flatnonzero(self.contacts.attended & ~self.contacts.log)
        c = self.contacts.where(made)
        rows = len(c)
        codes = [*therapies.CODES, EMPLOYMENT_CODE]
        procedure = np.where(c.therapy == therapies.UNCODED, MISSING, c.therapy)
        procedure = np.where(c.app_type == EMPLOYMENT_SUPPORT, len(codes) - 1, procedure)
        table = pa.table(
            {
                "CareActId": self.activity_ids(made),
                "CareContactId": self.contact_ids(made),
                "CarePersLocalId": self._staff(c.staff),
                "ClinContactDurOfCareAct": whole_numbers(self._minutes(c)),
                "CodeProcAndProcStatus": coded(procedure, codes),
                **{name: blank(rows) for name in ("FindSchemeInUse", "CodeFind", "CodeObs", "ObsValue", "UnitMeasure")},
            }
        )
        return self.calendar.once(table, self.contact_provider[made], c.day)

    def _staff(self, number: Ints) -> pa.Array:
        return pa.compute.if_else(pa.array(number < 0), pa.scalar(None, pa.string()), staff_ids(np.maximum(number, 0)))

    def internet_logs(self) -> Records:
        """IDS205InternetTherLog: a week each, if the week is over by the end of the period."""
        last_session = self.pathways.timeline.last_session[self.contacts.pathway]
        end = np.minimum(self.contacts.day + 6, last_session)
        made = np.flatnonzero(self.contacts.log & (end <= self.last_day))
        c = self.contacts.where(made)
        programme = draw_index(self.rng, len(self.pathways), list(PROGRAMMES.values()))
        table = pa.table(
            {
                "ServiceRequestId": self.referral_ids(c.pathway),
                "StartDateIntEnabledTherLog": dates(c.day),
                "EndDateIntEnabledTherLog": dates(end[made]),
                "IntEnabledTherProg": coded(programme[c.pathway], list(PROGRAMMES)),
                "DurationIntEnabledTher": whole_numbers(self.rng.integers(5, 31, len(c))),
                "CarePersLocalId": self._staff(c.staff),
                "IntegratedSoftwareInd": draw_code(self.rng, len(c), {"Y": 8, "N": 2}),
            }
        )
        return self.calendar.once(table, self.contact_provider[made], end[made])

    def long_term_conditions(self) -> Records:
        """IDS602LongTermCondition."""
        level = self.people.level["ltc"][self.people.of_pathway]
        codes = ("195967001", "13645005", "73211009", "373673007", "53619000", "928000", "50043002", "95320005",
                 "84757009", "56265001", "363346000", "748031000000103")  # fmt: skip
        weights = [18, 5, 16, 20, 10, 12, 4, 4, 3, 6, 2]
        with_one = np.flatnonzero(np.isin(level, (0, 2)))
        without = np.flatnonzero(np.isin(level, (1, 2)))
        pathway = np.concatenate([with_one, without])
        code = np.concatenate([draw_index(self.rng, len(with_one), weights), np.full(len(without), len(codes) - 1)])
        table = pa.table(
            {
                "ServiceRequestId": self.referral_ids(pathway),
                "FindSchemeInUse": same("04", len(pathway)),
                "LongTermCondition": coded(code, codes),
            }
        )
        return self._each_month(table, pathway)

    def problems(self) -> Records:
        """IDS603PresentingComplaints: recorded at assessment."""
        line = self.pathways.timeline
        known = self.pathways.has_problem & (line.assessed >= 0) & (line.assessed <= self.last_day)
        pathway = np.flatnonzero(known)
        level = self.pathways.problem[pathway]
        snomed = np.array([any(len(code) > 5 for code in one.codes) for one in groups.PROBLEM.levels])
        table = pa.table(
            {
                "ServiceRequestId": self.referral_ids(pathway),
                "FindSchemeInUse": coded(snomed[level].astype(np.int64), ["01", "04"]),
                "PresComp": level_codes(self.rng, groups.PROBLEM, level),
                "PresCompCodSig": same("1", len(pathway)),
                "PresCompDate": dates(line.assessed[pathway]),
            }
        )
        return self.calendar.monthly(
            table, self.pathways.provider[pathway], since=line.assessed[pathway], until=line.discharged[pathway]
        )

    def experience(self) -> Records:
        """IDS606CodedScoreAssessmentRefer: what some people thought of assessment and of treatment."""
        parts = [self._asked(*form) for form in self._forms()]
        pathway, day, code, score = (np.concatenate([part[i] for part in parts]) for i in range(4))
        table = pa.table(
            {
                "ServiceRequestId": self.referral_ids(pathway),
                "CodedAssToolType": coded(code, [question for question, _ in _QUESTIONS]),
                "PersScore": coded(score, _ANSWERS),
                "AssToolCompDate": dates(day),
                "AssToolCompTime": blank(len(pathway)),
            }
        )
        return self.calendar.once(table, self.pathways.provider[pathway], day)

    def _forms(self) -> list[tuple[Flags, Ints, range]]:
        line, chance = self.pathways.timeline, self.rng.random((2, len(self.pathways)))
        assessed = (line.assessed >= 0) & (line.assessed <= self.last_day) & (chance[0] < 0.16)
        treated = self.pathways.finished & (line.last_session <= self.last_day) & (chance[1] < 0.25)
        return [(assessed, line.assessed, range(5)), (treated, line.last_session, range(5, len(_QUESTIONS)))]

    def _asked(self, who: Flags, day: Ints, questions: range) -> tuple[Ints, Ints, Ints, Ints]:
        person = np.flatnonzero(who)
        pathway = np.repeat(person, len(questions))
        code = np.tile(np.array(questions), len(person))
        score = np.empty(len(pathway), dtype=np.int64)
        for question in questions:
            where = np.flatnonzero(code == question)
            score[where] = draw_index(self.rng, len(where), _QUESTIONS[question][1])
        return pathway, day[pathway], code, score

    def scores(self, given: Answers) -> Records:
        """IDS607CodedScoreAssessmentAct: every total, and the five questions of WSAS."""
        pathway = self.contacts.pathway[given.contact]
        tools, offsets, place, words = score_words()
        specific = tools.index("GAD7") + self.pathways.population[pathway]
        all_ = np.ones_like(specific)
        slots = [(given.depression, 0 * all_), (given.anxiety, all_), (given.specific, specific)]
        asked = [score >= 0 for score, _ in slots]
        wsas = given.wsas[0] != NOT_ANSWERED
        counts = np.add.reduce([flag.astype(np.int64) for flag in asked]) + 5 * wsas
        owner, _ = ragged(counts)
        tool = np.empty(len(owner), dtype=np.int64)
        word = np.empty(len(owner), dtype=np.int64)
        at = np.cumsum(counts) - counts
        for (score, which), flag in zip(slots, asked, strict=True):
            of = which[flag]
            tool[at[flag]] = of
            word[at[flag]] = offsets[of] + score[flag]
            at = at + flag
        first_wsas = tools.index("WSAS_1")
        for item in range(5):
            tool[at[wsas] + item] = first_wsas + item
            word[at[wsas] + item] = offsets[first_wsas + item] + given.wsas[item, wsas]
        where = given.contact[owner]
        table = pa.table(
            {
                "CareActId": self.activity_ids(given.contact, counts),
                "CodedAssToolType": coded(tool, tool_codes()),
                "PersScore": coded(place[word], words),
            }
        )
        return self.calendar.once(table, self.contact_provider[where], self.contacts.day[where])


_QUESTIONS: tuple[tuple[str, list[float]], ...] = (
    ("747861000000100", [0, 0, 0, 0, 0, 88, 12, 0]),
    ("747871000000107", [0, 0, 0, 0, 0, 60, 40, 0]),
    ("747881000000109", [0, 0, 0, 0, 0, 60, 10, 30]),
    ("904691000000103", [0, 0, 0, 0, 0, 45, 5, 50]),
    ("747891000000106", [1, 2, 6, 30, 61, 0, 0, 0]),
    ("747901000000107", [1, 1, 4, 12, 82, 0, 0, 0]),
    ("747911000000109", [1, 2, 7, 22, 68, 0, 0, 0]),
    ("747921000000103", [1, 2, 7, 20, 70, 0, 0, 0]),
    ("747931000000101", [2, 3, 9, 22, 64, 0, 0, 0]),
    ("747941000000105", [1, 1, 4, 14, 80, 0, 0, 0]),
    ("747951000000108", [1, 1, 3, 5, 10, 0, 0, 80]),
)
"""Questions of the patient experience questionnaires, and how often each of `_ANSWERS` is given (design values)."""
_ANSWERS = ("0", "1", "2", "3", "4", "Y", "N", "NA")

WSAS_CODES = ("932621000000100", "932581000000100", "932611000000106", "932591000000103", "932601000000109")
"""Work, home management, social leisure, private leisure, relationships."""


@cache
def score_words() -> tuple[list[str], Ints, Ints, list[str]]:
    """Tools that a contact can score; where each one's scores begin; their place among the words; the words.

    The word for score x of tool t is `words[place[offsets[t] + x]]`.
    """
    specific = [SPECIFIC_INSTRUMENT[stratum] for stratum in SPECIFIC]
    tools = ["PHQ9", "GAD7", *specific, *(f"WSAS_{n}" for n in range(1, 6))]
    written: list[str] = []
    offsets = []
    for tool in tools:
        form = None if tool.startswith("WSAS") else questionnaire(tool)
        offsets.append(len(written) - (form.low if form else 0))
        written += form.words() if form else [str(score) for score in range(10)]
    words = list(dict.fromkeys(written))
    index = {word: n for n, word in enumerate(words)}
    return tools, np.array(offsets), np.array([index[word] for word in written]), words


@cache
def tool_codes() -> list[str]:
    """SNOMED CT code of each of the tools."""
    tools = score_words()[0]
    return [questionnaire(tool).code for tool in tools[: -len(WSAS_CODES)]] + list(WSAS_CODES)
