"""The kinds of test that most rules are: each gives the expression, its meaning in plain English and what to do."""

from allcomers.dataset.model import Check, HasChild, HasParent, Unique, literal

PERIOD_START = "IDS000.ReportingPeriodStartDate"
PERIOD_END = "IDS000.ReportingPeriodEndDate"
BIRTH = "IDS001.PersonBirthDate"
RECEIVED = "IDS101.ReferralRequestReceivedDate"
_WORDS = {
    PERIOD_START: "the first day of the reporting period",
    PERIOD_END: "the last day of the reporting period",
    BIRTH: "the date of birth",
    RECEIVED: "the day the referral was received",
}
LANGUAGES = (
    "aa|ab|ae|af|ak|am|an|ar|as|av|ay|az|ba|be|bg|bh|bi|bm|bn|bo|br|bs|ca|ce|ch|co|cr|cs|cu|cv|cy|da|de|dv|dz|ee|el|en|eo|"
    "es|et|eu|fa|ff|fi|fj|fo|fr|fy|ga|gd|gl|gn|gu|gv|ha|he|hi|ho|hr|ht|hu|hy|hz|ia|id|ie|ig|ii|ik|io|is|it|iu|ja|jv|ka|kg|"
    "ki|kj|kk|kl|km|kn|ko|kr|ks|ku|kv|kw|ky|la|lb|lg|li|ln|lo|lt|lu|lv|mg|mh|mi|mk|ml|mn|mr|ms|mt|my|na|nb|nd|ne|ng|nl|nn|"
    "no|nr|nv|ny|oc|oj|om|or|os|pa|pi|pl|ps|pt|qu|rm|rn|ro|ru|rw|sa|sc|sd|se|sg|si|sk|sl|sm|sn|so|sq|sr|ss|st|su|sv|sw|ta|"
    "te|tg|th|ti|tk|tl|tn|to|tr|ts|tt|tw|ty|ug|uk|ur|uz|ve|vi|vo|wa|wo|xh|yi|yo|za|zh|zu|q[1-5]"
)
"""ISO 639-1, and the five national codes for other ways to communicate."""
ICD10 = r"[A-Z][0-9][0-9A-Z](\.?[0-9X]{1,2})?[AD*+]?"
"""The form of an ICD-10 code, with or without a point, and with the mark of a dagger or asterisk."""
EARLIEST_DATE = "1890-01-01"


def _words(name: str) -> str:
    return _WORDS.get(name, name)


def _own(*names: str) -> tuple[str, ...]:
    return tuple(name for name in names if "." not in name)


def not_blank(field: str) -> Check:
    return Check(f"blank({field})", (field,), f"{field} is blank.", f"Record {field}; the standard asks for it.")


def length(field: str, shortest: int, longest: int) -> Check:
    wanted = f"{longest}" if shortest == longest else f"{shortest} to {longest}"
    return Check(
        f"length(written({field})) not between {shortest} and {longest}",
        (field,),
        f"{field} is not {wanted} characters long.",
        f"Write {field} as {wanted} characters; check for lost leading zeros or added spaces.",
    )


def listed(field: str) -> Check:
    return Check(
        f"not listed({field})",
        (field,),
        f"{field} holds a code that is not in the national list.",
        f"Use a code from the list of {field}; a code kept from an older version must be mapped.",
    )


def language(field: str) -> Check:
    return Check(
        f"not regexp_full_match(written({field}), {literal(LANGUAGES)})",
        (field,),
        f"{field} is neither a two-letter language code (ISO 639-1) nor one of q1 to q5.",
        f"Write {field} as the two-letter code, in lower case.",
    )


def one_of(field: str, *values: str) -> Check:
    return Check(
        f"written({field}) not in ({', '.join(map(literal, values))})",
        (field,),
        f"{field} is not one of {', '.join(values)}.",
        f"Write {field} as one of {', '.join(values)}.",
    )


def pattern(field: str, expression: str, described: str) -> Check:
    return Check(
        f"not regexp_matches(written({field}), {literal(expression)})",
        (field,),
        f"{field} is not {described}.",
        f"Write {field} as {described}.",
    )


def not_pattern(field: str, expression: str, described: str, wanted: str) -> Check:
    return Check(
        f"regexp_matches(written({field}), {literal(expression)})",
        (field,),
        f"{field} is {described}.",
        f"Write {field} as {wanted}.",
    )


def digits(field: str, longest: int) -> Check:
    return Check(
        f"not regexp_full_match(written({field}), '[0-9]{{1,{longest}}}')",
        (field,),
        f"{field} is not a whole number of up to {longest} digits.",
        f"Write {field} in digits only, without unit, sign or decimal point.",
    )


def valid_date(field: str) -> Check:
    return Check(
        f"unreadable({field}) or {field} < date '{EARLIEST_DATE}'",
        (field,),
        f"{field} is not a date, or is before 1890.",
        "Write dates as YYYY-MM-DD, without a time of day.",
    )


def valid_moment(field: str) -> Check:
    return Check(
        f"unreadable({field}) or {field} < timestamp '{EARLIEST_DATE} 00:00:00'",
        (field,),
        f"{field} is not a date with a time of day, or is before 1890.",
        "Write it as YYYY-MM-DDTHH:MM:SS.",
    )


def valid_time(field: str) -> Check:
    return Check(
        f"unreadable({field})",
        (field,),
        f"{field} is not a time of day.",
        "Write times as HH:MM:SS, or as YYYY-MM-DDTHH:MM:SS.",
    )


def not_after(field: str, other: str, *, days: int = 0, years: int = 0) -> Check:
    limit = other + (f" + interval {days} day" if days else "") + (f" + interval {years} year" if years else "")
    extra = (f" plus {days} day" if days else "") + (f" plus {years} years" if years else "")
    return Check(
        f"{field} > {limit}",
        _own(field, other),
        f"{field} is after {_words(other)}{extra}.",
        f"Correct whichever is wrong, {field} or {_words(other)}.",
    )


def not_before(field: str, other: str) -> Check:
    return Check(
        f"{field} < {other}",
        _own(field, other),
        f"{field} is before {_words(other)}.",
        f"Correct whichever is wrong, {field} or {_words(other)}.",
    )


def not_before_day(field: str, day: str) -> Check:
    return Check(
        f"{field} < date '{day}'",
        (field,),
        f"{field} is before {day}.",
        f"Correct {field}; nothing earlier is accepted.",
    )


def snomed(field: str, longest: int) -> Check:
    return Check(
        f"length(written({field})) not between 6 and {longest} or not genuine({field})",
        (field,),
        f"{field} is not a SNOMED CT identifier (6 to 18 digits whose last is a check digit), "
        "nor an expression that begins with one.",
        "Export the concept identifier as text: a spreadsheet turns the last digits of long numbers into zeros.",
    )


def scheme_matches(code: str, scheme: str) -> Check:
    """The form of the code, not its presence in ICD-10 or SNOMED CT, for which the terminologies would be needed."""
    return Check(
        f"({scheme} = '04' and not genuine({code})) or "
        f"({scheme} = '01' and not regexp_full_match(upper(written({code})), '{ICD10}'))",
        (code, scheme),
        f"{code} does not have the form of the terminology that {scheme} names (01 ICD-10, 04 SNOMED CT).",
        f"Correct {scheme}, or write {code} in the terminology it names.",
    )


def unique(*fields: str, where: str = "", blanks_alike: bool = False) -> Unique:
    together = " + ".join(fields)
    return Unique(
        fields,
        f"More than one record of a submission has the same {together}{' where ' + where if where else ''}.",
        "Send each record once; if they are different records, give each its own identifier.",
        where=where,
        blanks_alike=blanks_alike,
    )


def belongs_to(parent: str, field: str) -> HasParent:
    return HasParent(
        (field,),
        parent,
        f"No valid {parent} record has this {field}.",
        f"Send the {parent} record in the same submission, or correct {field}; if that record is itself rejected, "
        "mend it first.",
    )


def needs(child: str, field: str) -> HasChild:
    return HasChild(
        (field,),
        f"select c.__up, c.{field} from {{{child[:6]}}} c",
        f"No valid {child} record has this {field}.",
        f"Send at least one {child} record with it in the same submission, or mend the one that was rejected.",
        key=field,
        where=f"not blank({field})",
    )
