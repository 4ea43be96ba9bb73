from pathlib import Path

import pytest

from allcomers.exceptions import AllcomersError
from allcomers.observatory.declarations import NOT_DECLARED, QUESTIONS, read_declarations


def test_without_a_file_every_question_is_shown_as_not_declared() -> None:
    answers = read_declarations(None)
    assert [answer.question for answer in answers] == [question.text for question in QUESTIONS]
    assert {answer.answer for answer in answers} == {NOT_DECLARED}
    assert not any(answer.declared for answer in answers)


def test_what_is_declared_is_shown_and_the_rest_is_not(tmp_path: Path) -> None:
    path = tmp_path / "interests.toml"
    path.write_text('producer = "  A patients\' group "\nfunder = "   "\n')
    producer, _, funder, *_ = read_declarations(path)
    assert (producer.answer, producer.declared) == ("A patients' group", True)
    assert (funder.answer, funder.declared) == (NOT_DECLARED, False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"producer = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'prodcuer = "A typing slip"', "prodcuer"),
        (b"producer = 3", "producer"),
        (b"[producer]\nname = 'A'", "producer"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "interests.toml"
    path.write_bytes(content)
    with pytest.raises(AllcomersError, match=said):
        read_declarations(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AllcomersError, match=r"nowhere\.toml"):
        read_declarations(tmp_path / "nowhere.toml")
