"""The people of a block: who they are, in the tables that hang on the patient rather than on the referral."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from allcomers.synthetic import groups
from allcomers.synthetic.arrays import Flags, Floats, Ints
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
from allcomers.synthetic.composition import Chooser, disability_shares
from allcomers.synthetic.groups import Grouping
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.pathways import Pathways
from allcomers.synthetic.plan import Plan

NUMBERS_A_BLOCK = 100_000
"""Identifiers set aside for a block."""

TEST_NUMBERS = 1_000_000
"""NHS numbers begin with 999, the range kept for tests: a million, of which one in eleven has no valid check digit."""


@dataclass(slots=True)
class People:
    """The people of a block.

    Attributes
    ----------
    of_pathway : index of the person whose pathway it is, one value a pathway.
    pathway : index of each person's first pathway, one value a person, as are all that follow.
    level : level of each grouping, by block name.
    """

    of_pathway: Ints
    pathway: Ints
    number: Ints
    born: Ints
    level: dict[str, Ints]
    provider: Ints

    def __len__(self) -> int:
        return len(self.pathway)


def gather_people(rng: Generator, pathways: Pathways, levels: dict[str, Ints], block: int) -> People:
    """The people whose pathways these are."""
    first = pathways.previous < 0
    rank = np.cumsum(first) - 1
    of_pathway = np.where(first, rank, rank[pathways.previous])
    where = np.flatnonzero(first)
    born = _birth_days(rng, levels["age"][where], pathways.timeline.referred[where])
    return People(
        of_pathway=of_pathway,
        pathway=where,
        number=block * NUMBERS_A_BLOCK + np.arange(len(where)),
        born=born,
        level={name: level[where] for name, level in levels.items()},
        provider=pathways.provider[where],
    )


def _birth_days(rng: Generator, band: Ints, referred: Ints) -> Ints:
    """Days of birth that give an age in the band on the day of referral, younger ages likelier in the broad bands."""
    low, high = np.array(groups.AGE_BOUNDS, dtype=float).T
    lean = np.array([0.7, 0.9, 1.35, 1.1, 1.4, 1.6])[band]
    place = rng.random(len(band)) ** lean
    age_days = (low[band] + place * (high - low)[band]) * 365.2425
    # Half a day of slack at either end keeps a leap year from moving anyone over the edge of the band.
    inside = np.clip(age_days, low[band] * 365.2425 + 1.5, high[band] * 365.2425 - 1.5)
    return np.asarray(referred - inside.astype(np.int64))


@cache
def valid_test_numbers() -> tuple[Ints, Ints]:
    """Every NHS number from 999 000 0000 with a valid check digit: its first nine digits, and the tenth."""
    nine = 999_000_000 + np.arange(TEST_NUMBERS)
    weights = np.arange(10, 1, -1)
    check = 11 - (decimal_digits(nine, 9).astype(np.int64) - ord("0")) @ weights % 11
    check = np.where(check == 11, 0, check)
    return nine[check != 10], check[check != 10]


def nhs_numbers(people: People, block: int, blocks: int) -> pa.Array:
    """NHS numbers from the test range, unique within a provider; within the whole data set as long as there are enough.

    The range holds 909,091. Each block has its own slice, shared out over the block's people, or over each provider's
    when the slice is too short for all: beyond about 600,000 referrals two people of different providers may share a
    number. `Person_ID` always keeps them apart.
    """
    nine, check = valid_test_numbers()
    slice_size = len(nine) // blocks
    place = np.arange(len(people)) if len(people) <= slice_size else rank_within(people.provider)
    chosen = block * slice_size + place % slice_size
    digits = decimal_digits(nine[chosen] * 10 + check[chosen], 10)
    return texts(digits)


def rank_within(group: Ints) -> Ints:
    """Position of each row among the rows of its group, from 0."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.searchsorted(ordered, ordered)
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = np.arange(len(group)) - starts
    return ranks


def level_codes(rng: Generator, grouping: Grouping, level: Ints) -> pa.DictionaryArray:
    """One of the level's codes for each row; null where the level records nothing."""
    words = [code for one in grouping.levels for code in one.codes]
    counts = np.array([len(one.codes) for one in grouping.levels])
    starts = np.cumsum(counts) - counts
    pick = (rng.random(len(level)) * counts[level]).astype(np.int64)
    return coded(np.where(counts[level] > 0, starts[level] + pick, MISSING), words)


def draw_code(rng: Generator, rows: int, words: Mapping[str, float]) -> pa.DictionaryArray:
    """Codes drawn with the given weights; the empty word is null."""
    names = list(words)
    index = draw_index(rng, rows, list(words.values()))
    blank_at = names.index("") if "" in names else MISSING
    return coded(np.where(index == blank_at, MISSING, index), names)


def draw_index(rng: Generator, rows: int, weights: Sequence[float]) -> Ints:
    """Indices drawn with the given weights."""
    table = np.array([weights], dtype=float)
    return Chooser(table / table.sum())(rng.random(rows), np.zeros(rows, dtype=np.int64))


def local_patient_ids(numbers: Ints) -> pa.Array:
    """The provider's own identifier of a person."""
    return identifiers("ZP", numbers, 9)


def person_ids(numbers: Ints) -> pa.Array:
    """The national person key."""
    return identifiers("ZN", numbers, 9)


def patient_table(rng: Generator, plan: Plan, organisations: Organisations, people: People, block: int) -> pa.Table:
    """IDS001MPI: one row a person."""
    rows, level = len(people), people.level
    gender = level["gender"]
    home = people.level["imd"] != groups.IMD.index(groups.NOT_STATED)
    deprivation = np.array([int(one.codes[0]) if one.codes else 0 for one in groups.IMD.levels])[level["imd"]]
    age = (plan.last_day - people.born) // 365
    return pa.table(
        {
            "LocalPatientId": local_patient_ids(people.number),
            "OrgIDLocalPatientId": coded(people.provider, organisations.codes),
            "NHSNumber": nhs_numbers(people, block, plan.block_count),
            "NHSNumberStatus": same("01", rows),
            "PersonBirthDate": dates(people.born, complete=True),
            "Postcode": _postcodes(rng, home),
            "Gender": level_codes(rng, groups.GENDER, gender),
            "GenderIdentity": _gender_identity(rng, gender),
            "GenderIdentitySameAtBirth": draw_code(rng, rows, {"Y": 55, "N": 0.7, "Z": 4, "X": 3, "": 37}),
            "EthnicCategory": level_codes(rng, groups.ETHNICITY, level["ethnicity"]),
            "EthnicCategory2021": blank(rows),
            "ExBAFIndicator": draw_code(rng, rows, {"02": 1.6, "03": 62, "05": 0.4, "UU": 12, "ZZ": 2, "": 22}),
            "LanguageCodePreferred": draw_code(
                rng, rows, {"en": 80, "pl": 0.8, "ur": 0.5, "pa": 0.3, "bn": 0.3, "ar": 0.3, "ro": 0.3, "": 17.5}
            ),
            "EduEstabTypeIAPT": _education(rng, age),
            "Person_ID": person_ids(people.number),
            "IndicesOfDeprivationDecile": whole_numbers(deprivation, ~home),
            "LSOA": texts(_area(rng, rows), ~home),
            "OrgIDICBRes": coded(organisations.board[people.provider], organisations.board_codes),
            "OrgIDSubICBLocResidence": coded(
                2 * organisations.board[people.provider] + rng.integers(0, 2, rows), organisations.sub_board_codes
            ),
        }
    )


def _area(rng: Generator, rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    head = np.tile(np.frombuffer(b"Z01", dtype=np.uint8), (rows, 1))
    return np.hstack([head, decimal_digits(rng.integers(0, 32_844, rows), 6)])


NO_FIXED_ABODE = b"ZZ99 3VZ"
"""The national pseudo-postcode of people without an address: no area of residence follows from it."""


def _postcodes(rng: Generator, home: Flags) -> pa.Array:
    """ZS is no postcode area."""
    letters = np.empty((len(home), 7), dtype=np.uint8)
    letters[:, :2] = np.frombuffer(b"ZS", dtype=np.uint8)
    letters[:, 2] = ord("1") + rng.integers(0, 9, len(home))
    letters[:, 3] = ord(" ")
    letters[:, 4] = ord("0") + rng.integers(0, 10, len(home))
    second = np.frombuffer(b"ABDEFGHJLNPQRSTUWXYZ", dtype=np.uint8)
    letters[:, 5:] = second[rng.integers(0, len(second), (len(home), 2))]
    return pa.compute.if_else(pa.array(home), texts(letters), pa.scalar(NO_FIXED_ABODE.decode()))


def _gender_identity(rng: Generator, gender: Ints) -> pa.DictionaryArray:
    """Mostly recorded, and then mostly as the stated gender."""
    words = ["2", "1", "3", "4", "X", "Z"]
    same_as = np.array([0, 1, 2, 4])[gender]
    chance = rng.random(len(gender))
    other = np.where(chance < 0.004, 2, np.where(chance < 0.006, 3, np.where(chance < 0.03, 5, same_as)))
    return coded(np.where(chance > 0.70, MISSING, other), words)


def _education(rng: Generator, age: Ints) -> pa.DictionaryArray:
    """Where young people study; not applicable later."""
    words = ["1", "2", "3", "4", "8", "X"]
    chance = rng.random(len(age))
    young = np.select([age < 18, age < 23], [np.where(chance < 0.5, 0, 1), np.where(chance < 0.4, 2, 4)], 4)
    return coded(np.where(chance > 0.85, MISSING, np.where(chance > 0.82, 5, young)), words)


def practice_table(rng: Generator, people: People, referred: Ints) -> pa.Table:
    """IDS002GP: the practice where the person is registered."""
    rows = len(people)
    practice = people.provider * 40 + rng.integers(0, 40, rows)
    oldest = np.maximum(people.born, referred - 7000)
    since = oldest + (rng.random(rows) * (referred - oldest)).astype(np.int64)
    return pa.table(
        {
            "LocalPatientId": local_patient_ids(people.number),
            "GMPCodeReg": identifiers("Z", practice, 5),
            "StartDateGMPRegistration": dates(since, complete=True),
            "EndDateGMPRegistration": dates(np.full(rows, MISSING)),
        }
    )


def accommodation_table() -> pa.Table:
    """IDS003AccommStatus: no rows, since its code list was not found and a made-up code would look like a real one."""
    text = ("LocalPatientId", "AccommodationType", "SettledAccommodationInd")
    days = ("AccommodationTypeDate", "AccommodationTypeStartDate", "AccommodationTypeEndDate")
    columns = {name: blank(0) for name in text} | {name: blank(0, pa.date32()) for name in days}
    return pa.table(columns)


@cache
def _disability_choosers() -> tuple[Chooser, Floats]:
    first, second = disability_shares()
    return Chooser(first.T), second


def disability_table(rng: Generator, people: People, kind: Ints) -> pa.Table:
    """IDS007DisabilityType: no row where nothing is recorded, one or two where someone has a disability."""
    level = people.level["disability"]
    choose, second_chance = _disability_choosers()
    anyone = np.flatnonzero(level == 0)
    first = choose(rng.random(len(anyone)), kind[anyone])
    second = choose(rng.random(len(anyone)), kind[anyone])
    more = (rng.random(len(anyone)) < second_chance[kind[anyone]]) & (second != first)
    plain = np.flatnonzero((level == 1) | (level == 2))
    codes = [one.codes[0] for one in (*groups.DISABILITY_CODES, *groups.DISABILITY.levels[1:3])]
    offset = len(groups.DISABILITY_CODES) - 1
    person = np.concatenate([anyone, anyone[more], plain])
    code = np.concatenate([first, second[more], offset + level[plain]])
    order = np.lexsort((code, person))
    return pa.table(
        {"LocalPatientId": local_patient_ids(people.number[person[order]]), "DisabCode": coded(code[order], codes)}
    )


def circumstances_table(rng: Generator, people: People, known_on: Ints) -> pa.Table:
    """IDS011SocPerCircumstances: religion and sexual orientation, where stated.

    `known_on` is the day on which the service first asked, one value a person.
    """
    parts = []
    for grouping in (groups.RELIGION, groups.ORIENTATION):
        level = people.level[grouping.block]
        stated = np.flatnonzero(level != grouping.index(groups.NOT_STATED))
        parts.append(
            pa.table(
                {
                    "LocalPatientId": local_patient_ids(people.number[stated]),
                    "SocPerCircumstance": level_codes(rng, grouping, level[stated]).cast(pa.string()),
                    "SocPerCircumstanceRecDate": dates(known_on[stated]),
                }
            )
        )
    return pa.concat_tables(parts)


def visitor_table(rng: Generator, people: People, referred: Ints) -> pa.Table:
    """IDS012OverseasVisitorChargCat: a few people."""
    some = np.flatnonzero(rng.random(len(people)) < 0.002)
    return pa.table(
        {
            "LocalPatientId": local_patient_ids(people.number[some]),
            "OvsVisChCat": draw_code(rng, len(some), {"A": 6, "B": 2, "C": 1, "D": 1, "9": 2}),
            "OvsVisChCatAppDate": dates(referred[some]),
        }
    )


def diagnosis_table(rng: Generator, people: People, referred: Ints) -> pa.Table:
    """IDS601MedHistPrevDiag: an earlier diagnosis of a few."""
    some = np.flatnonzero(rng.random(len(people)) < 0.04)
    age = referred[some] - people.born[some]
    back = (rng.random(len(some)) * np.minimum(age - 16 * 365, 5000).clip(1)).astype(np.int64)
    return pa.table(
        {
            "LocalPatientId": local_patient_ids(people.number[some]),
            "DiagSchemeInUse": same("01", len(some)),
            "PrevDiag": draw_code(rng, len(some), {"F329": 5, "F411": 4, "F431": 1, "F319": 0.5, "F603": 0.5}),
            "DiagDate": dates(referred[some] - 1 - back, complete=True),
        }
    )


def cluster_table(rng: Generator, people: People, assessed: Ints, discharged: Ints) -> pa.Table:
    """IDS803CareCluster: the care cluster of those who were given one, from assessment or else referral."""
    level = people.level["cluster"]
    given = np.flatnonzero(level != groups.CLUSTER.index(groups.NOT_STATED))
    return pa.table(
        {
            "LocalPatientId": local_patient_ids(people.number[given]),
            "AMHCareClustCodeFin": level_codes(rng, groups.CLUSTER, level[given]),
            "StartDateCareClust": dates(assessed[given]),
            "StartTimeCareClust": blank(len(given)),
            "EndDateCareClust": dates(discharged[given]),
            "EndTimeCareClust": blank(len(given)),
        }
    )


def person_index(identifiers_: pa.ChunkedArray, people: People) -> Ints:
    """Which of the people each identifier belongs to."""
    numbers = pa.compute.utf8_slice_codeunits(identifiers_, 2).cast(pa.int64()).to_numpy()
    return np.asarray(numbers) - people.number[0] if len(numbers) else np.array([], dtype=np.int64)
