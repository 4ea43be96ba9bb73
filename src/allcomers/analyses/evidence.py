"""Who produced what is claimed of the programme, and who benefits if it is believed.

The register is short, and says of each entry what was read. It judges no one: an interest is a fact about a source, to
be known beside its figure.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import polars as pl
from scipy.stats import norm

from allcomers.analyses.answer import Analysis, Answer, Column
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed

TITLE = "Who says so"


class Independence(StrEnum):
    """How a source stands to what it tells of."""

    INDEPENDENT = "no known interest"
    RUNS_IT = "runs or advises the programme"
    SELLS_IT = "sells what it tested"
    ARGUES = "has argued for or against it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim and its source.

    Attributes
    ----------
    claim, source : what was found, and by whom it was published.
    producer : what kind of body or authors. assessed : who said how people were.
    registered : whether the study's plan was registered beforehand; None where not known.
    checked : whether the source itself was read for this register.
    """

    claim: str
    source: str
    producer: str
    independence: Independence
    assessed: str
    registered: bool | None = None
    checked: bool = False


REGISTER = (
    Claim(
        claim="About half of those who finish at caseness recover",
        source="NHS England, annual report 2024-25",
        producer="the body that runs the programme, from services' own records",
        independence=Independence.RUNS_IT,
        assessed="the person, on questionnaires given by the service",
        checked=True,
    ),
    Claim(
        claim="Services with shorter waits and fewer missed appointments have better outcomes",
        source="Clark et al. 2018, Lancet 391:679",
        producer="authors who advise the programme",
        independence=Independence.RUNS_IT,
        assessed="the person, on questionnaires given by the service",
        registered=False,
    ),
    Claim(
        claim="Internet programmes lower PHQ-9 by 2.75 points more than waiting, at 8 weeks",
        source="Richards et al. 2020, npj Digital Medicine",
        producer="authors mostly employed by the supplier",
        independence=Independence.SELLS_IT,
        assessed="the person, on questionnaires",
        registered=True,
    ),
    Claim(
        claim="9.2% of 90 people recovered by an independent interview",
        source="Scott 2018, J Health Psychol",
        producer="an author critical of the programme; people seen for medico-legal reports",
        independence=Independence.ARGUES,
        assessed="an interviewer outside the service",
        registered=False,
    ),
    Claim(
        claim="Paid employment rises by at most 1.5 percentage points in seven years",
        source="Office for National Statistics 2024",
        producer="the national statistics office, from linked records",
        independence=Independence.INDEPENDENT,
        assessed="tax records",
    ),
    Claim(
        claim="53% of 439 people who had remitted relapsed within a year",
        source="Ali et al. 2017, Behav Res Ther",
        producer="university and service researchers",
        independence=Independence.INDEPENDENT,
        assessed="the person, on questionnaires",
    ),
)
"""Not complete, and not chosen at random: it holds the sources that this project's documents lean on."""

_COLUMNS = (
    Column("claim", "Claim"),
    Column("source", "Source"),
    Column("producer", "Produced by"),
    Column("independence", "Interest"),
    Column("assessed", "Who said how people were"),
    Column("registered", "Plan registered beforehand"),
    Column("checked", "Read for this register"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The difference between two pooled effects, with its standard error, z and two-sided p."""

    difference: float
    standard_error: float
    z: float
    p_value: float


def contrast(first: float, first_error: float, second: float, second_error: float) -> Contrast:
    """How far apart two independent effects are, such as those of affiliated and of independent studies.

    Parameters
    ----------
    first, second : effects on one scale. first_error, second_error : their standard errors, above 0.
    """
    error = sqrt(first_error**2 + second_error**2)
    z = (first - second) / error
    return Contrast(difference=first - second, standard_error=error, z=z, p_value=float(2 * norm.sf(abs(z))))


def answer(records: Records) -> Answer:  # noqa: ARG001 - asked as every other analysis is; it tells of sources
    """The register: claims that are made of the programme, and who makes them."""
    return Answer(
        title=TITLE,
        estimand="Nothing is estimated: this lists who produced each claim and what is known of their interest.",
        assumptions=(
            "An interest does not make a finding wrong, nor does the lack of one make it right.",
            "Entries that were not read for this register stand as others report them.",
        ),
        inclusion=Inclusion(n_in=len(REGISTER), n_used=len(REGISTER), n_excluded={}),
        sentence="The figures of this report come from the service's own records, where people are assessed on "
        "questionnaires that the service gives them. The table says of other claims who makes them.",
        table=_table(),
        columns=_COLUMNS,
    )


def _table() -> pl.DataFrame:
    words = {None: "not known", True: "yes", False: "no"}
    return framed(
        [
            {
                "claim": one.claim,
                "source": one.source,
                "producer": one.producer,
                "independence": str(one.independence),
                "assessed": one.assessed,
                "registered": words[one.registered],
                "checked": words[one.checked],
            }
            for one in REGISTER
        ],
        _COLUMNS,
    )


ANALYSIS = Analysis(
    name="evidence",
    title="Who says so",
    question="Who produced what is claimed of the programme, and who benefits?",
    answer=answer,
    sources=(
        "Luborsky and others on researchers' allegiance and the effects they find (not re-read).",
        "Scott 2018, J Health Psychol: independent interviews (not re-read; not a representative sample).",
    ),
    not_for="Not for dismissing a finding by its author. It is for knowing whose finding it is.",
)
