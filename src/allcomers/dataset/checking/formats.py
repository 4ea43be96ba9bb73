"""In what format unreadable dates are probably written, so that a message can say."""

from allcomers.dataset.model import Rule
from allcomers.dataset.opened import Dataset

_FORMATS = (
    (r"\d{1,2}/\d{1,2}/\d{4}", "DD/MM/YYYY"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "DD/MM/YY"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "DD-MM-YYYY"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "DD.MM.YYYY"),
    (r"\d{1,2}[- ][A-Za-z]{3,9}[- ]\d{2,4}", "DD-Mon-YYYY"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "YYYY/MM/DD"),
    (r"(19|20)\d{6}", "YYYYMMDD"),
    (r"\d{5}(\.\d+)?", "the day number of a spreadsheet"),
    (r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", "YYYY-MM-DD with a time of day"),
    (r"\d{4}-\d{1,2}-\d{1,2}", "YYYY-MM-DD, but no day of the calendar"),
)


def guess(dataset: Dataset, rule: Rule) -> str:
    """A sentence on the formats that the faulty values of a date field look like; nothing if they look like none."""
    cases = " ".join(f"when regexp_full_match(w, '{pattern}') then '{name}'" for pattern, name in _FORMATS)
    looks = dataset.session.rows(
        f'select case {cases} end as looks, count(*) as n from (select "{rule.field}~" as w from {rule.table[:6]} '
        f"where __row in (select __row from found_{rule.id})) group by looks having looks is not null "
        "order by n desc, looks"
    )
    return " ".join(f"{n:,} of them look like {name}." for name, n in looks)
