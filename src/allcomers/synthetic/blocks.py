"""One block of the data set, whole: every table of 25,000 referrals and of the run-in that belongs to them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from allcomers.synthetic import people as person_tables
from allcomers.synthetic.answers import ITEM_NAMES, NOT_ANSWERED, Answers, draw_answers
from allcomers.synthetic.arrays import Ints
from allcomers.synthetic.columns import MISSING
from allcomers.synthetic.contacts import draw_contacts
from allcomers.synthetic.employment import employment_records
from allcomers.synthetic.faults import FaultPlan, plant
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.pathways import Pathways, draw_levels, draw_pathways
from allcomers.synthetic.people import People, gather_people
from allcomers.synthetic.plan import Plan
from allcomers.synthetic.records import ReferralRecords
from allcomers.synthetic.sending import Calendar, Records
from allcomers.synthetic.staff import Staff
from allcomers.synthetic.streams import Topic, stream
from allcomers.synthetic.truth import pathway_truth
from allcomers.synthetic.words import words_table


@dataclass(frozen=True)
class Country:
    """What is drawn once for a whole data set."""

    plan: Plan
    organisations: Organisations
    staff: Staff
    calendar: Calendar

    @classmethod
    def of(cls, plan: Plan) -> "Country":
        """The country in which a plan takes place."""
        organisations = Organisations(referrals=plan.referrals, seed=plan.seed)
        return cls(plan, organisations, Staff(plan, organisations), Calendar(plan, organisations))


@dataclass
class Block:
    """The tables of one block.

    Attributes
    ----------
    records : by national table name.
    extras : item-level answers and free text, by name: no part of the national data set.
    truth : what no record says, by name.
    """

    records: dict[str, Records]
    extras: dict[str, pa.Table]
    truth: dict[str, pa.Table]


def make_block(country: Country, number: int, faults: FaultPlan | None = None) -> Block:
    """Generate one block; it depends on the plan, the number and the faults asked for alone."""
    plan = country.plan
    pathways = draw_pathways(plan, country.organisations, number)
    people_rng = stream(seed=plan.seed, block=number, topic=Topic.PEOPLE)
    people = gather_people(people_rng, pathways, draw_levels(people_rng, pathways), number)
    contacts_rng = stream(seed=plan.seed, block=number, topic=Topic.CONTACTS)
    contacts = draw_contacts(contacts_rng, pathways, country.staff, plan.last_day)
    given = draw_answers(stream(seed=plan.seed, block=number, topic=Topic.PATHS), pathways, contacts)
    make = ReferralRecords(contacts_rng, country.calendar, country.organisations, number, people, pathways, contacts)
    words_rng = stream(seed=plan.seed, block=number, topic=Topic.WORDS)
    work_rng = stream(seed=plan.seed, block=number, topic=Topic.EMPLOYMENT)
    seen = (pathways.timeline.assessed >= 0) & (pathways.timeline.assessed <= plan.last_day)
    records = (
        _person_records(country, number, people, pathways)
        | {"IDS004EmpStatus": employment_records(work_rng, country.calendar, people, pathways, contacts)}
        | _referral_records(make, given)
    )
    truth = {"pathways": pathway_truth(pathways, make.referral_ids())}
    if faults:
        faults_rng = stream(seed=plan.seed, block=number, topic=Topic.FAULTS)
        records, truth["faults"] = plant(faults_rng, records, faults)
    return Block(
        records=records,
        extras={
            "items": _items(make, given),
            "words": words_table(words_rng, pathways, make.referral_ids(), seen),
        },
        truth=truth,
    )


def _referral_records(make: ReferralRecords, given: Answers) -> dict[str, Records]:
    return {
        "IDS101Referral": make.referrals(),
        "IDS105OnwardReferral": make.onward_referrals(),
        "IDS108WaitingTimePauses": make.pauses(),
        "IDS201CareContact": make.care_contacts(),
        "IDS202CareActivity": make.activities(),
        "IDS205InternetTherLog": make.internet_logs(),
        "IDS602LongTermCondition": make.long_term_conditions(),
        "IDS603PresentingComplaints": make.problems(),
        "IDS606CodedScoreAssessmentRefer": make.experience(),
        "IDS607CodedScoreAssessmentAct": make.scores(given),
    }


def _person_records(country: Country, number: int, people: People, pathways: Pathways) -> dict[str, Records]:
    """Tables that hang on the patient, sent while any of the person's referrals is open."""
    plan, line = country.plan, pathways.timeline
    rng = stream(seed=plan.seed, block=number, topic=Topic.CIRCUMSTANCES)
    first = people.pathway
    referred = line.referred[first]
    until = _last_discharge(people, line.discharged)
    assessed = np.where(
        (line.assessed[first] >= 0) & (line.assessed[first] <= plan.last_day), line.assessed[first], referred
    )
    ended = np.where(line.discharged[first] <= plan.last_day, line.discharged[first], MISSING)
    tables = {
        "IDS001MPI": person_tables.patient_table(rng, plan, country.organisations, people, number),
        "IDS002GP": person_tables.practice_table(rng, people, referred),
        "IDS003AccommStatus": person_tables.accommodation_table(),
        "IDS007DisabilityType": person_tables.disability_table(rng, people, pathways.kind[first]),
        "IDS011SocPerCircumstances": person_tables.circumstances_table(rng, people, referred),
        "IDS012OverseasVisitorChargCat": person_tables.visitor_table(rng, people, referred),
        "IDS601MedHistPrevDiag": person_tables.diagnosis_table(rng, people, referred),
    }
    clusters = person_tables.cluster_table(rng, people, assessed, ended)
    away = _away(people, pathways)
    sent = {name: _sent(country, table, people, referred, until, away) for name, table in tables.items()}
    sent["IDS803CareCluster"] = _sent(country, clusters, people, assessed, line.discharged[first], away=None)
    return sent


def _last_discharge(people: People, discharged: Ints) -> Ints:
    until = np.zeros(len(people), dtype=np.int64)
    np.maximum.at(until, people.of_pathway, discharged)
    return until


def _away(people: People, pathways: Pathways) -> tuple[Ints, Ints]:
    """Days of leaving and of coming back, of each person; the same day for who has one pathway."""
    line = pathways.timeline
    left = line.discharged[people.pathway]
    back = left.copy()
    again = np.flatnonzero(pathways.previous >= 0)
    back[people.of_pathway[again]] = line.referred[again]
    return left, back


def _sent(
    country: Country,
    table: pa.Table,
    people: People,
    since: Ints,
    until: Ints,
    away: tuple[Ints, Ints] | None,
) -> Records:
    """Which person each row belongs to is read back from its identifier."""
    person = person_tables.person_index(table.column("LocalPatientId"), people)
    gap = (away[0][person], away[1][person]) if away else None
    return country.calendar.monthly(table, people.provider[person], since=since[person], until=until[person], away=gap)


def _items(make: ReferralRecords, given: Answers) -> pa.Table:
    """Item-level answers: one row a scored contact, one column an item, null where left blank."""
    blank = given.items == NOT_ANSWERED
    columns = {
        name: pa.array(given.items[row], mask=blank[row]) if blank[row].any() else pa.array(given.items[row])
        for row, name in enumerate(ITEM_NAMES)
    }
    return pa.table({"CareActId": make.activity_ids(given.contact), **columns})
