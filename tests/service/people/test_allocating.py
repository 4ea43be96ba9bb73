"""Who is responsible: one at a time for each kind, whoever saves at once."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from allcomers.service.governance import audit
from allcomers.service.people import actions
from allcomers.service.people.models import Allocation

TODAY = date.today()  # noqa: DTZ011


@pytest.mark.django_db(transaction=True)
def test_of_two_who_allocate_at_once_one_stays(cast: Any) -> None:
    """Nobody is responsible yet, so there is no allocation to lock."""
    ready, faults = threading.Barrier(2), []

    def allocate(user: Any) -> None:
        try:
            ready.wait(timeout=30)
            actions.allocate(by=audit.SYSTEM, person=cast.stranger, user=user, starts_on=TODAY)
        except Exception as fault:  # told to the test, whatever it was
            faults.append(fault)
        finally:
            connection.close()

    for _ in range(10):
        threads = [threading.Thread(target=allocate, args=(user,)) for user in (cast.clinician, cast.colleague)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert not faults
        assert Allocation.objects.filter(person=cast.stranger, ends_on=None).count() == 1
        Allocation.objects.filter(person=cast.stranger).update(ends_on=TODAY)
