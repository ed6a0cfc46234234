"""Working days of England: weekends, bank holidays, those that were moved or added."""

from __future__ import annotations

from datetime import date

import pytest

from nhsind.reference.working_days import working_days


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # Easter: Good Friday 2018 was 30 March, in 2017 it was 14 April.
        ("2017-03-01", "2017-03-31", 23),
        ("2018-03-01", "2018-03-31", 21),
        ("2017-04-01", "2017-04-30", 18),
        ("2018-04-01", "2018-04-30", 20),
        ("2018-12-24", "2019-01-02", 5),
        # The spring holiday of 2012 and 2022 was moved to June, with a jubilee's beside it.
        ("2012-05-28", "2012-05-28", 1),
        ("2012-06-04", "2012-06-05", 0),
        ("2022-05-30", "2022-06-03", 3),
        ("2020-05-04", "2020-05-08", 4),
        ("2022-09-19", "2022-09-19", 0),
        ("2023-05-08", "2023-05-08", 0),
        ("2018-03-31", "2018-03-31", 0),
    ],
)
def test_weekdays_without_bank_holidays(first: str, last: str, days: int) -> None:
    assert working_days(date.fromisoformat(first), date.fromisoformat(last)) == days
