from allcomers.exceptions import AllcomersError, SeveralError


def test_a_message_says_where_what_expected_and_what_next() -> None:
    error = AllcomersError(
        where="referrals.csv, column ServDischDate",
        found="14 values are not dates, the first at row 1,207",
        expected="Dates are YYYY-MM-DD",
        next_step="`allcomers check referrals.csv --rows` lists the rows",
    )
    assert str(error) == (
        "referrals.csv, column ServDischDate: 14 values are not dates, the first at row 1,207. "
        "Dates are YYYY-MM-DD. `allcomers check referrals.csv --rows` lists the rows."
    )


def test_several_errors_are_all_told_at_once() -> None:
    error = SeveralError(
        [AllcomersError(where="a.zip", found="truncated"), AllcomersError(where="b.csv", found="empty")]
    )
    assert str(error).splitlines() == ["a.zip: truncated.", "b.csv: empty."]
