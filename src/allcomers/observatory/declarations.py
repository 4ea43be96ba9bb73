"""Who produced a site, who pays, who runs the services described: declared, or shown as not declared."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from allcomers.exceptions import AllcomersError

NOT_DECLARED = "not declared"


@dataclass(frozen=True)
class Question:
    """One thing a reader may want to know before trusting a page of figures."""

    key: str
    text: str


QUESTIONS = (
    Question("producer", "Who produced this site?"),
    Question("contact", "How can they be reached?"),
    Question("funder", "Who paid for it?"),
    Question("operates_services", "Does the producer or funder run, or work for, any service described here?"),
    Question("commissions_services", "Does the producer or funder commission any service described here?"),
    Question(
        "sells_to_services", "Does the producer or funder sell software or therapy to any service described here?"
    ),
    Question("programme_links", "Has the producer or funder a part in designing or directing the national programme?"),
    Question("independent_review", "Has anyone independent of the producer checked these figures?"),
)


@dataclass(frozen=True)
class Answer:
    question: str
    answer: str
    declared: bool


def read_declarations(path: Path | None) -> list[Answer]:
    """The answers in a TOML file, one key a question; a question without an answer says so.

    Raises
    ------
    AllcomersError : the file cannot be read as TOML, holds an unknown key, or an answer that is not text.
    """
    given = {} if path is None else _read(path)
    return [
        Answer(
            question.text,
            given.get(question.key, "").strip() or NOT_DECLARED,
            bool(given.get(question.key, "").strip()),
        )
        for question in QUESTIONS
    ]


def _read(path: Path) -> dict[str, str]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AllcomersError(where=str(path), found=f"the declarations cannot be read: {error}") from None
    keys = [question.key for question in QUESTIONS]
    wrong = [key for key, value in given.items() if key not in keys or not isinstance(value, str)]
    if wrong:
        raise AllcomersError(
            where=str(path),
            found=f"unknown or unusable keys: {', '.join(wrong)}",
            expected=f'Any of {", ".join(keys)}, each with a text such as producer = "A patients\' group"',
        )
    return given
