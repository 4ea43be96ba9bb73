"""PHQ-9: the depression half of every outcome, and its last item, which is a prompt and never an outcome."""

from allcomers.instruments.model import (
    Band,
    Bands,
    Concept,
    Instrument,
    Item,
    Licence,
    MissingItems,
    Option,
    Rule,
    Scale,
    Status,
    numbered_items,
    with_risk_item,
)
from allcomers.instruments.sources import CAMCOPS, CLARK_2018, RECALLED, SAUNDERS_2021, SCALE_RULES, recalled, verified

QUESTION = "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
OPTIONS = (
    Option(0, "Not at all", loinc="LA6568-5"),
    Option(1, "Several days", loinc="LA6569-3"),
    Option(2, "More than half the days", loinc="LA6570-1"),
    Option(3, "Nearly every day", loinc="LA6571-9"),
)
DIFFICULTY = (
    "If you checked off any problems, how difficult have these problems made it for you to do your work, "
    "take care of things at home, or get along with other people?"
)
LICENCE = Licence(
    "free to reproduce, translate and display without permission (developer statement)", Status.VERIFIED, True
)

TEXTS = (
    "Little interest or pleasure in doing things",
    "Feeling down, depressed, or hopeless",
    "Trouble falling or staying asleep, or sleeping too much",
    "Feeling tired or having little energy",
    "Poor appetite or overeating",
    "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
    "Trouble concentrating on things, such as reading the newspaper or watching television",
    "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so fidgety or "
    "restless that you have been moving around a lot more than usual",
    "Thoughts that you would be better off dead or of hurting yourself in some way",
)
LOINC = (
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
)
RISK = recalled(1, note="Any positive answer prompts a conversation about risk.")
ITEMS = with_risk_item(numbered_items(9, high=3, texts=TEXTS, loinc=LOINC), 9, RISK)

PHQ9 = Instrument(
    key="PHQ9",
    name="Patient Health Questionnaire, 9 items",
    construct="depression",
    question=QUESTION,
    options=OPTIONS,
    items=ITEMS,
    further_items=(Item(10, high=3, text=DIFFICULTY, loinc="69722-7"),),
    scales=(Scale(Rule.SUM, 0, 27),),
    missing=MissingItems(
        allowed=2,
        status=Status.UNVERIFIED,
        source="Allcomers' method notes, reliable change; the developers' own rule was not read",
    ),
    national_use="depression half of every outcome pair; also first and last score measures",
    problems="all",
    caseness=verified(10, SAUNDERS_2021),
    reliable_change=verified(
        6, SAUNDERS_2021, note="The first whole number above the reliable change index, recalled as 5.20 (unverified)."
    ),
    bands=Bands(
        (
            Band(0, 4, "none or minimal"),
            Band(5, 9, "mild"),
            Band(10, 14, "moderate"),
            Band(15, 19, "moderately severe"),
            Band(20, 27, "severe"),
        ),
        Status.VERIFIED,
        CAMCOPS,
    ),
    snomed=Concept("720433000"),
    loinc=Concept("44261-6", Status.UNVERIFIED),
    loinc_panel=Concept("44249-1", Status.UNVERIFIED),
    fields=("PHQ9_FirstScore", "PHQ9_LastScore"),
    licence=LICENCE,
    sources=(SCALE_RULES, SAUNDERS_2021, CLARK_2018, CAMCOPS),
)

PHQ9_ITEM_9 = Instrument(
    key="PHQ9_item9",
    name="PHQ-9 item 9 (thoughts of being better off dead or self-harm)",
    construct="risk prompt",
    question=QUESTION,
    options=OPTIONS,
    items=(ITEMS[8],),
    scales=(Scale(Rule.SINGLE, 0, 3),),
    national_use="local clinical safety prompt only; the national data set takes the PHQ-9 total and has no concept "
    "for this item",
    problems="all",
    prompt=RISK,
    loinc=Concept("44260-8", Status.UNVERIFIED),
    licence=LICENCE,
    sources=(SCALE_RULES, f"threshold {RECALLED}"),
    note="Never reported as an outcome: it belongs in the clinical record, not in national output.",
)
