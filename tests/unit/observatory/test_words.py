"""What the sentences say, and what they must not."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.observatory import words
from allcomers.observatory.headline import CountValue, Totals, Value
from allcomers.observatory.pages import people, trend_sentence
from allcomers.observatory.places import Place
from allcomers.observatory.standing import Position

TotalOf = Callable[..., Totals]
NUMBERS = "the numbers are too small"


def spoken(text: str) -> str:
    return text.replace(words.NO_BREAK, " ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "not published"),
        (Value(318_013, 634_484, 50.1215, 50.1215, 50.1216), "50.1%"),  # England: exact
        (Value(40, 110, 38 / 1.12, 100 * 40 / 110, 42 / 1.06), "36.4% (33.9 to 39.7%)"),
        (Value(None, 110, 0.0, None, 4 / 1.06), "between 0.0 and 3.8%"),
        (Value(None, None, 0.0, None, None), "too few to publish"),
        (Value(5, 5, 71.4286, 100.0, 100.0), "100.0% (71.4 to 100.0%)"),
    ],
)
def test_a_percentage_says_what_rounding_leaves_open(value: Value | None, expected: str) -> None:
    assert spoken(words.interval(value)) == expected


@given(
    low=st.integers(0, 1_000_000),
    width=st.integers(2, 400_000),
    at=st.floats(0, 1, allow_nan=False, allow_subnormal=False),
)
@settings(deadline=None, derandomize=True)
def test_a_range_in_words_contains_the_range(low: int, width: int, at: float) -> None:
    """Ends are rounded outward, and by less than a tenth."""
    ends = low / 10_000, (low + width) / 10_000
    text = spoken(words.interval(Value(1, 2, ends[0], ends[0] + at * (ends[1] - ends[0]), ends[1])))
    said_low, said_high = (float(number) for number in re.findall(r"([\d.]+) to ([\d.]+)%", text)[0])
    assert ends[0] - 0.1 < said_low <= ends[0]
    assert ends[1] <= said_high < ends[1] + 0.1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (CountValue(None, None, None), "not published"),
        (CountValue(0, None, 4), "fewer than 5"),
        (CountValue(1_829_202, 1_829_202, 1_829_202), "1,829,202"),
    ],
)
def test_a_count(value: CountValue, expected: str) -> None:
    assert words.count(value) == expected


def test_england_is_said_exactly(total_of: TotalOf, england: Place) -> None:
    """England 2023-24, NHS England's annual "main" table: of 1,829,202 referrals 36.72 % finished, 16.33 % reliably
    recovered; the official base is 671,648 − 37,164, and 1 − 634,484 / 1,829,202 is 65.3 %."""
    total = total_of(
        OrgType="England",
        OrgCode="All",
        Count_ReferralsReceived="1829202",
        Count_FinishedCourseTreatment="671648",
        Count_NotAtCaseness="37164",
        Count_AtCaseness="633828",
        Count_Improvement="448600",
        Count_ReliableRecovery="298780",
        Percentage_ReliableRecovery="47.1",
        Count_Recovery="318013",
        Percentage_Recovery="50.1",
    )
    assert words.headline(england, total) == (
        "Of every 100 people referred in England, 37 finished a course of treatment and 16 reliably recovered."
    )
    assert words.official(total) == (
        "The official recovery rate printed for this period is 50.1%, and the reliable recovery rate 47.1%."
    )
    assert words.left_out(total).startswith(
        "The official base is 634,484 finished courses; 1,829,202 referrals were received. "
        "The equivalent of 65 of every 100 referrals is not in it"
    )
    assert words.interval(total.figures["recovery", "official"]) == "50.1%"
    assert people(total) == {"recovered": 16, "finished_only": 21, "others": 63}


def test_a_provider_is_named_in_its_sentence(total_of: TotalOf, provider: Place) -> None:
    """115 of 300 is 38.3 %, 40 of 300 is 13.3 %; 1 − (115 − 5) / 300 is 63.3 %."""
    total = total_of()
    assert words.headline(provider, total) == (
        "Of every 100 people referred to Example Vale, 38 finished a course of treatment and 13 reliably recovered."
    )
    assert "The equivalent of 63 of every 100 referrals" in words.left_out(total)
    assert "to the Example Vale region," in words.headline(replace(provider, level="region"), total)


def test_withheld_counts_give_no_headline_and_no_picture(total_of: TotalOf, provider: Place) -> None:
    total = total_of(
        Count_ReferralsReceived="20",
        Count_FinishedCourseTreatment="10",
        Count_AtCaseness="10",
        Count_NotAtCaseness="*",
        Count_ReliableRecovery="*",
        Percentage_ReliableRecovery="*",
        Count_Recovery="*",
        Percentage_Recovery="*",
    )
    assert words.headline(provider, total) == (
        "The numbers published for Example Vale are too small for a figure of every 100 people referred."
    )
    assert words.official(total) == f"No official recovery rate was printed: {NUMBERS}."
    assert people(total) is None
    assert "cannot be told" in words.left_out(total)


def test_more_finished_than_referred_is_explained_and_never_a_hundred(total_of: TotalOf, provider: Place) -> None:
    total = total_of(Count_ReferralsReceived="50")
    assert words.headline(provider, total) == (
        "Example Vale finished 115 courses of treatment in the period and received only 50 referrals, so no figure of "
        "every 100 can be given: courses began in earlier periods."
    )
    assert people(total) is None
    assert "cannot be told" in words.left_out(total)


def _position(**changes: object) -> Position:
    zeros = dict.fromkeys(
        ("size", "percent", "z_adjusted", "shrunken", "shrunken_low", "shrunken_high", "across", "down"), 0.0
    )
    values = {"category": "within the limits", "side": "above", "depends_on_rounding": False}
    return Position(**(zeros | {"rank": 45.6, "rank_low": 14.0, "rank_high": 93.0} | values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Example Vale is within the range usual among providers."),
        (
            {"category": "beyond 95 %", "side": "below"},
            "Example Vale is below the 95% limit, as about 1 in 20 would be by chance.",
        ),
        (
            {"category": "beyond 99.8 %", "depends_on_rounding": True},
            "Example Vale is above the 99.8% limit, further than chance and ordinary variation explain. "
            "This depends on how its counts were rounded.",
        ),
    ],
)
def test_a_position(provider: Place, changes: dict[str, object], expected: str) -> None:
    assert words.position(provider, _position(**changes), "providers") == expected


def test_a_rank_has_its_interval() -> None:
    assert words.rank(_position(), 148) == "about 46 of 148 from the highest (95% interval 14 to 93)"


def test_a_reason_for_not_comparing_is_in_plain_words() -> None:
    assert words.why_not_compared("official numerator missing").startswith("how many reliably recovered is withheld")
    assert words.why_not_compared("something new") == "something new"


def test_a_trend_says_when_rounding_alone_could_make_it(total_of: TotalOf) -> None:
    """40 of 300 against 40 of 305: 13.3 % and 13.1 %, and each can be the other."""
    first, last = total_of(), replace(total_of(Count_ReferralsReceived="305"), period="2024-25")
    sentence = trend_sentence([first, last])
    assert sentence == (
        "From 2023-24 to 2024-25: the official reliable recovery rate was 36.4% in both; "
        "among everyone referred it went from 13.3% to 13.1%, a change that rounding alone could make."
    )
    far = replace(total_of(Count_ReferralsReceived="600"), period="2024-25")
    assert trend_sentence([first, far]).endswith("among everyone referred it went from 13.3% to 6.7%.")
    assert trend_sentence([first]) == "Only one period was given, so there is no trend."
    withheld = replace(total_of(Count_ReliableRecovery="*"), period="2024-25")
    assert "cannot be told" in trend_sentence([first, withheld])


CAUSAL = re.compile(
    r"\b(because of|leads? to|led to|thanks to|works|worked well|effective(ness)?|caus(es?|ed|ing)|results? in|"
    r"due to|owing to|benefit(s|ed)?|helped|cured?|succe(ss|eded)|fail(s|ed|ure)?|better|worse|league)\b",
    re.IGNORECASE,
)


def test_no_generated_sentence_speaks_of_cause_or_blame() -> None:
    """Every piece of text that `words` and `pages` can put on a page, read in the source."""
    folder = Path(words.__file__).parent
    for name in ("words.py", "pages.py", "site.py", "gaps.py"):
        source = (folder / name).read_text(encoding="utf-8")
        literals = re.findall(r'(?<!")f?"((?:[^"\\\n]|\\.)+)"(?!")', source)
        sentences = [re.sub(r"\{[^}]*\}", " ", literal) for literal in literals if " " in literal]
        assert len(sentences) > 3
        assert [sentence for sentence in sentences if CAUSAL.search(sentence)] == []
