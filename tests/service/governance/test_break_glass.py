"""Access in an emergency: an hour, one record, written down, reviewed by somebody else, seen by the person."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit, selectors, working_days
from allcomers.service.governance.models import AuditEvent, BreakGlass
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.look import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened_by(cast: Any, send: Any) -> Any:
    """Somebody asks for the patient's record."""

    def ask(browser: Client, **changes: str) -> Any:
        where = reverse("governance:break_glass", kwargs={"person_id": cast.patient.pk})
        return send(browser, where, **{"reason": "danger", "words": "Rang and said goodbye", **changes})

    return ask


def record_of(cast: Any) -> str:
    return reverse("people:person", kwargs={"person_id": cast.patient.pk})


def test_the_refusal_offers_it_and_it_opens_the_record_for_an_hour(cast: Any, signed_in: Any, opened_by: Any) -> None:
    browser = signed_in(cast.colleague)
    refusal = browser.get(record_of(cast))
    assert refusal.status_code == 403
    assert reverse("governance:break_glass", kwargs={"person_id": cast.patient.pk}) in refusal.content.decode()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert opened_by(browser).status_code == 302
        page = browser.get(record_of(cast)).content.decode()
        assert "Emergency access" in page
        for minutes in range(10, 60, 10):
            clock.move_to(timezone.now() + timedelta(minutes=10))
            assert browser.get(record_of(cast)).status_code == 200, minutes
        clock.move_to(timezone.now() + timedelta(minutes=10))
        assert browser.get(record_of(cast)).status_code == 403


@pytest.mark.parametrize("missing", ["reason", "words"])
def test_it_needs_a_reason_and_words(cast: Any, signed_in: Any, opened_by: Any, missing: str) -> None:
    browser = signed_in(cast.colleague)
    assert opened_by(browser, **{missing: " "}).status_code == 422
    assert not BreakGlass.objects.exists()
    assert browser.get(record_of(cast)).status_code == 403


def test_it_opens_that_record_only(cast: Any, signed_in: Any, opened_by: Any) -> None:
    browser = signed_in(cast.colleague)
    opened_by(browser)
    assert browser.get(reverse("people:person", kwargs={"person_id": cast.stranger.pk})).status_code == 403


def test_somebody_else_reviews_it_once(cast: Any, signed_in: Any, opened_by: Any, send: Any) -> None:
    opened_by(signed_in(cast.colleague))
    (one,) = selectors.to_review()
    where = reverse("governance:review", kwargs={"number": one.pk})
    manager = signed_in(cast.manager)
    given = {"finding": "justified", "words": "The call was real"}
    assert send(manager, where, **given).status_code == 302
    one.refresh_from_db()
    assert (one.finding, one.reviewed_by) == ("justified", cast.manager)
    assert "Reviewed" in manager.get(where).content.decode()
    with pytest.raises(ChangedMeanwhileError):
        governance.review(by=audit.SYSTEM, reviewer=cast.manager, opened=one, finding="justified", words="again")


def test_access_that_is_found_not_justified_ends_at_once(cast: Any, signed_in: Any, opened_by: Any) -> None:
    browser = signed_in(cast.colleague)
    opened_by(browser)
    assert browser.get(record_of(cast)).status_code == 200
    (one,) = selectors.to_review()
    governance.review(by=audit.SYSTEM, reviewer=cast.manager, opened=one, finding="not_justified", words="No call")
    assert browser.get(record_of(cast)).status_code == 403
    assert selectors.emergency_under_way(cast.colleague, cast.patient.pk) is None


def test_access_that_is_found_justified_goes_on_to_its_end(cast: Any, signed_in: Any, opened_by: Any) -> None:
    browser = signed_in(cast.colleague)
    opened_by(browser)
    (one,) = selectors.to_review()
    governance.review(by=audit.SYSTEM, reviewer=cast.manager, opened=one, finding="justified", words="A call")
    assert browser.get(record_of(cast)).status_code == 200


def test_health_says_when_a_review_is_overdue(cast: Any, signed_in: Any, opened_by: Any) -> None:
    """Where the only one who could review it is the one who used it, nobody else would be told."""
    opened_by(signed_in(cast.manager))
    assert health.states()["emergency_access"] == "ok"
    BreakGlass.objects.update(review_due_on=timezone.localdate() - timedelta(days=1))
    assert health.states()["emergency_access"] == "reviews of access in an emergency are overdue"


def test_asking_shows_initials_alone(cast: Any, signed_in: Any, opened_by: Any) -> None:
    """Whoever only considers it has no relationship to the person yet, and may turn back."""
    browser = signed_in(cast.colleague)
    considered = browser.get(reverse("governance:break_glass", kwargs={"person_id": cast.patient.pk}))
    for page in (considered, opened_by(browser, words="")):
        said = page.content.decode()
        assert "to PC that opens this record" in said
        assert not [word for word in ("CANARYBIRD", "Patience", "27 March 1985", "999 000 0018") if word in said]
    opened_by(browser)
    assert "CANARYBIRD" in browser.get(record_of(cast)).content.decode()


def test_nobody_reviews_their_own(cast: Any, signed_in: Any, opened_by: Any) -> None:
    manager = signed_in(cast.manager)
    opened_by(manager)
    where = reverse("governance:review", kwargs={"number": selectors.to_review()[0].pk})
    assert "somebody else has to review it" in manager.get(where).content.decode()
    with pytest.raises(governance.OwnReviewError):
        governance.review(
            by=audit.SYSTEM, reviewer=cast.manager, opened=selectors.to_review()[0], finding="justified", words="me"
        )
    assert selectors.to_review().count() == 1


def test_the_queue_holds_no_personal_data_of_the_person(cast: Any, signed_in: Any, opened_by: Any) -> None:
    opened_by(signed_in(cast.colleague))
    page = signed_in(cast.manager).get(reverse("governance:break_glass_queue")).content.decode()
    assert "Colin Colleague" in page
    assert not any(word in page for word in ("Canarybird", "Patience", "999 000 0018", "goodbye"))


def test_the_person_sees_it_unless_it_is_withheld_with_a_reason(cast: Any, signed_in: Any, opened_by: Any) -> None:
    browser = signed_in(cast.colleague)
    opened_by(browser)
    browser.get(record_of(cast))
    patient = signed_in(cast.patient_user)
    seen = patient.get(reverse("governance:mine")).content.decode()
    assert "Your record was opened in an emergency" in seen
    assert "who asked for access in an emergency" in seen
    BreakGlass.objects.update(withheld_because="Would put a third person in danger")
    hidden = patient.get(reverse("governance:mine")).content.decode()
    assert "emergency" not in hidden.replace("Your record was opened", "")
    assert AuditEvent.objects.filter(event="break_glass.begun", person=cast.patient.pk).exists()


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday to Monday
        (date(2026, 11, 28), date(2026, 12, 4)),  # a Saturday
        (
            date(2026, 12, 23),
            date(2027, 1, 4),
        ),  # over Christmas (Friday; Boxing Day substituted on Monday 28) and New Year
    ],
)
def test_review_is_due_in_five_working_days(opened: date, due: date) -> None:
    """Worked by hand from gov.uk's bank holidays for England."""
    assert working_days.after(opened, 5) == due


def test_an_emergency_does_not_count_where_another_relationship_holds(
    cast: Any, signed_in: Any, opened_by: Any
) -> None:
    browser = signed_in(cast.clinician)
    opened_by(browser)
    browser.get(record_of(cast))
    assert AuditEvent.objects.filter(event="person.opened").latest("sequence").relationship == "allocated"
