"""What troubles people most, in their own words: said, rated again each time, kept, and shown to nobody else."""

import html
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.messages.models import Message
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from allcomers.service.problems import actions
from allcomers.service.problems.models import Occasion, Problem, Rating
from allcomers.service.problems.reading import problems_read, standing
from allcomers.service.questionnaires import actions as questionnaires
from tests.service.problems.examples import SLEEP, said
from tests.service.questionnaires.conftest import Visit, answers

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE, MINE, SCORES, RECORD = "/problems/answer/", "/problems/mine/", "/my/record/scores/", "/my/record/"
READABLE, FHIR = "/my/record/copy/readable/", "/my/record/copy/fhir/"


@pytest.fixture
def reached(cast: Any) -> Visit:
    """A person who answered every question of the one questionnaire they were asked."""
    mine = Visit(*questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["PHQ9"]))
    where = mine.begin("list")
    assert mine.send(where, **answers(10, 1, item_9=0))["Location"] == PAGE
    return mine


def rated(problem: Problem, answer: str) -> dict[str, str]:
    return {f"rating_{problem.pk}": answer}


def key_of(cast: Any) -> str:
    return reverse("problems:key", kwargs={"person_id": cast.patient.pk})


def record_of(cast: Any) -> str:
    return reverse("questionnaires:record", kwargs={"person_id": cast.patient.pk})


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


# -- By a link --------------------------------------------------------------------------------------------------------


def test_words_and_a_number_are_kept_as_they_were_said_and_the_end_comes_next(reached: Visit, cast: Any) -> None:
    assert reached.send(PAGE, words=f"  {SLEEP}\n", rating="8")["Location"] == reached.page("finish")
    problem = Problem.objects.get()
    assert (problem.person, problem.words) == (cast.patient, SLEEP)
    assert (problem.occasion.request, problem.occasion.mode) == (reached.request, "link")
    assert [(one.said, one.value) for one in problem.ratings.all()] == [("rated", 8)]
    done = text(reached.send(reached.page("finish")))
    assert done.index(SLEEP) < done.index("8 of 10") < done.index("The total is")


def test_all_of_it_is_passed_over_in_one_action_and_not_asked_again(reached: Visit) -> None:
    sent = reached.send(PAGE, words="Never mind", rating="3", **{"pass": "yes"})
    assert sent["Location"] == reached.page("finish")
    assert (Occasion.objects.count(), Problem.objects.count(), Rating.objects.count()) == (1, 0, 0)
    assert reached.send(reached.page("whole"), **answers(10, 1, item_9=0))["Location"] == reached.page("finish")


def test_saying_nothing_is_the_same_as_passing_it_over(reached: Visit) -> None:
    assert reached.send(PAGE)["Location"] == reached.page("finish")
    assert (Occasion.objects.count(), Rating.objects.count()) == (1, 0)


def test_it_comes_after_the_last_questionnaire_only(cast: Any) -> None:
    mine = Visit(*questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["PHQ9", "GAD7"]))
    assert mine.send(mine.begin("list"), **answers(10, 1, item_9=0))["Location"] == mine.page("finish")
    following = mine.send(mine.page("finish"))["Location"]
    assert mine.send(following, **answers(8))["Location"] == PAGE


def test_what_holds_is_asked_about_again_at_the_next_request(cast: Any, reached: Visit) -> None:
    said(cast.patient, SLEEP, "8")
    problem = Problem.objects.get()
    page = text(reached.browser.get(PAGE))
    assert page.index(SLEEP) < page.index("How much has this troubled you in the last two weeks?")
    reached.send(PAGE, **rated(problem, "3"))
    (told,) = problems_read(cast.patient)
    assert [one.value for one in told.numbers] == [8, 3]
    assert told.holds


@pytest.mark.parametrize("answer", ["declined", "over"])
def test_one_may_rather_not_say_or_say_that_it_is_over(answer: str, cast: Any, reached: Visit) -> None:
    said(cast.patient, SLEEP, "8")
    problem = Problem.objects.get()
    reached.send(PAGE, **rated(problem, answer))
    (told,) = problems_read(cast.patient)
    assert [(one.said, one.value) for one in told.ratings] == [("rated", 8), (answer, None)]
    assert told.holds == (answer == "declined")
    assert ("No longer a problem on" in told.sentence) == (answer == "over")
    assert SLEEP in text(reached.browser.get(PAGE))  # on the same occasion it can be taken back
    reached.send(PAGE, **rated(problem, "5"))
    (told,) = problems_read(cast.patient)
    assert [one.value for one in told.ratings] == [8, 5]
    assert told.holds
    assert told.ratings[-1].history.count() == 2


def test_what_is_over_is_not_asked_about_on_another_day(cast: Any, signed_in: Any) -> None:
    with time_machine.travel(NOW, tick=True):
        said(cast.patient, SLEEP, "8")
        said(cast.patient, **{str(Problem.objects.get().pk): "over"})
    assert SLEEP not in text(signed_in(cast.patient_user).get(MINE))


# -- Twice, two tabs, three at most -----------------------------------------------------------------------------------


def test_a_page_sent_twice_makes_one_problem_and_one_rating(reached: Visit) -> None:
    token = reached.form_token(PAGE)
    sent = {"form_token": token, "words": SLEEP, "rating": "8"}
    places = [reached.browser.post(PAGE, sent)["Location"] for _ in range(3)]
    assert places == [reached.page("finish")] * 3
    assert (Occasion.objects.count(), Problem.objects.count(), Rating.objects.count()) == (1, 1, 1)
    assert Rating.objects.get().version == 1


def test_two_tabs_do_not_overwrite_each_other(cast: Any, reached: Visit) -> None:
    said(cast.patient, SLEEP, "8")
    problem = Problem.objects.get()
    token = reached.form_token(PAGE)
    reached.send(PAGE, **rated(problem, "3"))
    late = reached.browser.post(PAGE, {"form_token": token, "words": "The debts", "rating": "9", **rated(problem, "6")})
    assert late.status_code == 409
    assert "The debts" in text(late)
    assert Problem.objects.count() == 1
    assert [one.value for one in Rating.objects.order_by("answered_at")] == [8, 3]


def test_the_place_and_a_link_do_not_overwrite_each_other(cast: Any, reached: Visit, signed_in: Any) -> None:
    token = reached.form_token(PAGE)
    said(cast.patient, SLEEP, "8")
    late = reached.browser.post(PAGE, {"form_token": token, "words": "The debts"})
    assert (late.status_code, Problem.objects.count()) == (409, 1)
    assert SLEEP in text(late)


def test_a_stale_version_stores_nothing(cast: Any) -> None:
    said(cast.patient, SLEEP, "8")
    with pytest.raises(ChangedMeanwhileError):
        actions.say(
            by=audit.SYSTEM, person=cast.patient, mode="place", version=1, ratings={Problem.objects.get().pk: "1"}
        )
    assert Rating.objects.get().value == 8


def test_three_hold_at_a_time_and_one_that_is_over_makes_room(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.patient_user)
    for words in ("One", "Two", "Three"):
        assert send(browser, MINE, words=words, another="yes")["Location"] == MINE
    page = text(browser.get(MINE))
    assert 'name="words"' not in page
    assert "These are 3." in page
    send(browser, MINE, words="Four")  # posted though it is not offered
    assert Problem.objects.count() == 3
    send(browser, MINE, **rated(Problem.objects.get(words="Two"), "over"))
    send(browser, MINE, words="Four")
    assert [one.problem.words for one in problems_read(cast.patient) if one.holds] == ["One", "Three", "Four"]


def test_the_database_holds_one_rating_an_occasion_and_no_number_beyond_the_scale(cast: Any) -> None:
    occasion = said(cast.patient, SLEEP, "8")
    again = {"problem": Problem.objects.get(), "occasion": occasion, "answered_at": NOW}
    for wrong in ({"said": "rated", "value": 3}, {"said": "rated", "value": 11}, {"said": "over", "value": 3}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rating.objects.create(**again, **wrong)


# -- Bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"rating": "5"}, "Write what it is that troubles you"),
        ({"words": "x" * 301}, "Say it in 300 letters or fewer"),
        ({"words": SLEEP.upper()}, "You wrote this before"),
        ({"words": "The debts", "rating": "11"}, "Choose one of the answers shown"),
        ({"words": "The debts", "rating": "over"}, "Choose one of the answers shown"),
    ],
)
def test_what_cannot_be_taken_keeps_what_was_typed(sent: dict[str, str], fault: str, cast: Any, reached: Visit) -> None:
    said(cast.patient, SLEEP, "8")
    answer = reached.send(PAGE, **sent)
    assert answer.status_code == 422
    assert fault in text(answer)
    assert sent.get("words", "") in text(answer)
    assert Problem.objects.count() == 1


@settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=320), rating=st.sampled_from(["", "0", "10", "declined", "over", "-1", "٣", "1e1"]))
def test_whatever_is_typed_is_kept_as_typed_or_refused(words: str, rating: str, cast: Any, signed_in: Any) -> None:
    with transaction.atomic():
        browser = signed_in(cast.patient_user)
        token = standing_token(browser)
        answer = browser.post(MINE, {"form_token": token, "words": words, "rating": rating})
        assert answer.status_code in {302, 422}
        typed = " ".join(words.split())
        kept = [typed] if answer.status_code == 302 and typed else []
        assert list(Problem.objects.values_list("words", flat=True)) == kept
        assert all(0 <= one.value <= 10 for one in Rating.objects.exclude(value=None))
        transaction.set_rollback(True)


def standing_token(browser: Any) -> str:
    page: str = browser.get(MINE).content.decode()
    return page.split('name="form_token" value="')[1].split('"')[0]


def test_a_form_of_somebody_else_does_not_land(cast: Any, signed_in: Any) -> None:
    """Hazard: what troubles one person stands in the record of another."""
    token = standing_token(signed_in(cast.stranger_user))
    assert signed_in(cast.patient_user).post(MINE, {"form_token": token, "words": SLEEP}).status_code == 409
    assert not Problem.objects.exists()


def test_a_rating_of_somebody_elses_problem_is_not_kept(cast: Any, signed_in: Any, send: Any) -> None:
    said(cast.stranger, SLEEP, "8")
    send(signed_in(cast.patient_user), MINE, words="The debts", **rated(Problem.objects.get(), "1"))
    assert [one.value for one in Rating.objects.all()] == [8]


# -- Safety -----------------------------------------------------------------------------------------------------------


def test_the_page_says_that_nobody_reads_it_at_once_and_where_to_get_help(cast: Any, reached: Visit) -> None:
    """Hazard: somebody in danger writes it here and waits for an answer."""
    page = text(reached.browser.get(PAGE))
    assert "Nobody reads answers the moment they are sent." in page
    assert "Ring 01632 960 999 at any hour." in page


def test_words_are_not_asked_for_without_a_crisis_text(
    cast: Any, reached: Visit, signed_in: Any, settings: Any
) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(crisis_text="")
    for browser, page in (
        (reached.browser, PAGE),
        (signed_in(cast.patient_user), MINE),
        (signed_in(cast.clinician), key_of(cast)),
    ):
        assert browser.get(page).status_code == 503


def test_the_crisis_text_goes_before_own_words(cast: Any) -> None:
    """Hazard: after an answer about self-harm something else is shown before help."""
    mine = Visit(*questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["PHQ9"]))
    assert mine.send(mine.begin("list"), **answers(10, 1, item_9=2))["Location"] == mine.page("crisis")
    for answer in (mine.browser.get(PAGE), mine.browser.post(PAGE, {"pass": "yes"})):
        assert answer["Location"] == mine.page("crisis")
    assert mine.send(mine.page("crisis"), safety="safe", wants_call="no")["Location"] == PAGE


# -- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_read_the_words_above_the_scores_with_what_the_number_is_not(cast: Any, signed_in: Any) -> None:
    with time_machine.travel(NOW, tick=True):
        said(cast.patient, SLEEP, "8")
    said(cast.patient, **{str(Problem.objects.get().pk): "3"})
    page = text(signed_in(cast.clinician).get(record_of(cast)))
    assert page.index(SLEEP) < page.index("What was asked")
    assert "It was 8 of 10 on 2 March 2026, and 3 of 10 on" in page
    assert "It is no official score" in page
    assert "nobody has published how much of a change is more than chance" in page


def test_staff_enter_what_they_are_told_and_no_page_changes_the_words(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.clinician)
    assert send(browser, key_of(cast), words=SLEEP, rating="8")["Location"] == record_of(cast)
    problem = Problem.objects.get()
    assert (problem.occasion.mode, problem.occasion.entered_by) == ("staff", cast.clinician)
    assert "By staff, as they were told" in text(browser.get(record_of(cast)))
    send(browser, key_of(cast), **rated(problem, "6"), **{f"words_{problem.pk}": "Changed"})
    problem.refresh_from_db()
    assert (problem.words, problem.version) == (SLEEP, 1)
    assert Rating.objects.get().value == 6  # the same day: put right, with its history
    assert Rating.objects.get().history.count() == 2


def test_what_staff_entered_is_struck_through_with_a_reason_and_stays(cast: Any, signed_in: Any, send: Any) -> None:
    """Hazard: something was entered in the wrong record."""
    said(cast.patient, SLEEP, "8", member=cast.clinician)
    browser, rating = signed_in(cast.clinician), Rating.objects.get()
    for row, because in ((rating, "Mistyped"), (Problem.objects.get(), "Wrong person")):
        where = reverse("problems:strike", kwargs={"row_id": row.pk})
        assert "Write why it is wrong" in text(send(browser, where))
        assert send(browser, where, because=because)["Location"] == record_of(cast)
        assert browser.get(where).status_code == 404
    for page in (browser.get(record_of(cast)), signed_in(cast.patient_user).get(RECORD)):
        assert all(words in text(page) for words in ("app-withdrawn", SLEEP, "Mistyped", "Wrong person"))
    assert (Problem.objects.count(), Rating.objects.count()) == (1, 1)
    assert SLEEP not in text(signed_in(cast.patient_user).get(MINE))
    assert SLEEP not in text(signed_in(cast.patient_user).get(FHIR))


def test_what_people_wrote_themselves_is_not_struck_through_by_staff(cast: Any, signed_in: Any) -> None:
    said(cast.patient, SLEEP, "8")
    for row in (Problem.objects.get(), Rating.objects.get()):
        where = reverse("problems:strike", kwargs={"row_id": row.pk})
        assert signed_in(cast.clinician).get(where).status_code == 404
    assert "Strike" not in text(signed_in(cast.clinician).get(record_of(cast)))


def test_two_who_strike_through_at_once_do_it_once(cast: Any, signed_in: Any, send: Any) -> None:
    said(cast.patient, SLEEP, "8", member=cast.clinician)
    where = reverse("problems:strike", kwargs={"row_id": Problem.objects.get().pk})
    browser, other = signed_in(cast.clinician), signed_in(cast.clinician)
    late = send(browser, where, first=lambda: send(other, where, because="First"), because="Second")
    assert late.status_code == 404
    assert Problem.objects.get().withdrawn_because == "First"


def test_an_employment_adviser_and_an_administrator_see_no_word_of_it(cast: Any, signed_in: Any, member: Any) -> None:
    said(cast.patient, SLEEP, "8")
    for role in (Role.EMPLOYMENT_ADVISER, Role.ADMINISTRATOR):
        user = member(role, name=role.label, team=cast.team)
        if role == Role.EMPLOYMENT_ADVISER:
            people.allocate(by=audit.SYSTEM, person=cast.patient, user=user, starts_on=NOW.date(), kind="employment")
        browser = signed_in(user)
        for page in (record_of(cast), key_of(cast)):
            assert browser.get(page).status_code == 403
        assert SLEEP not in text(browser.get(reverse("people:person", kwargs={"person_id": cast.patient.pk})))


def test_saying_it_sends_no_message(cast: Any, reached: Visit) -> None:
    before = Message.objects.count()
    reached.send(PAGE, words=SLEEP, rating="8")
    assert Message.objects.count() == before


# -- One's own --------------------------------------------------------------------------------------------------------


def rated_twice(cast: Any) -> None:
    with time_machine.travel(NOW, tick=True):
        said(cast.patient, SLEEP, "8")
    with time_machine.travel(NOW + timedelta(days=31), tick=True):
        said(cast.patient, **{str(Problem.objects.get().pk): "3"})


@pytest.mark.parametrize("address", [RECORD, SCORES, READABLE])
def test_own_words_stand_beside_the_scores_and_before_them(address: str, cast: Any, signed_in: Any) -> None:
    rated_twice(cast)
    page = text(signed_in(cast.patient_user).get(address))
    scores = {RECORD: "Your answers to questionnaires", SCORES: "Your scores", READABLE: "Scores over time"}[address]
    assert page.index(f">{SLEEP}</h3>") < page.index(f"<h2>{scores}</h2>")
    assert page.count("It was 8 of 10 on 2 March 2026, and 3 of 10 on 2 April 2026.") == 2  # the drawing's text as well
    assert "It is no official score" in page
    other = text(signed_in(cast.stranger_user).get(address))
    assert SLEEP not in other


def test_the_fhir_copy_says_what_was_said_each_time_and_what_was_not(cast: Any, signed_in: Any) -> None:
    rated_twice(cast)
    with time_machine.travel(NOW + timedelta(days=62), tick=True):
        said(cast.patient, "The debts", **{str(Problem.objects.get().pk): "declined"})
    copy = text(signed_in(cast.patient_user).get(FHIR))
    Bundle.model_validate_json(copy)
    resources = [one["resource"] for one in json.loads(copy)["entry"]]
    assert [one["resourceType"] for one in resources] == ["Patient", "Questionnaire", *["QuestionnaireResponse"] * 3]
    latest, second, first = resources[2:]
    words = {"linkId": "words", "answer": [{"valueString": SLEEP}]}
    assert first["item"] == [
        {"linkId": "problem", "item": [words, {"linkId": "rating", "answer": [{"valueInteger": 8}]}]}
    ]
    assert second["item"][0]["item"][1]["answer"] == [{"valueInteger": 3}]
    declined, debts = latest["item"]
    assert declined["item"][1]["extension"][0]["valueCode"] == "asked-declined"
    assert debts["item"] == [{"linkId": "words", "answer": [{"valueString": "The debts"}]}]
    assert first["authored"].startswith("2026-03-02")


def test_a_person_says_it_from_their_place_on_any_day(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.patient_user)
    assert MINE in browser.get("/my/").content.decode()
    assert send(browser, MINE, words=SLEEP, rating="8")["Location"] == SCORES
    assert "What you said is kept." in text(browser.get(SCORES))
    assert send(browser, MINE)["Location"] == SCORES  # nothing was said, and nothing happened
    assert Occasion.objects.count() == 1


def test_the_trace_names_what_happened_and_holds_no_word_of_it(cast: Any, reached: Visit, signed_in: Any) -> None:
    reached.send(PAGE, words=SLEEP, rating="8")
    signed_in(cast.clinician).get(key_of(cast))
    events = AuditEvent.objects.filter(event__startswith="problems.").order_by("sequence")
    assert [one.event for one in events] == ["problems.shown", "problems.said", "problems.opened"]
    assert SLEEP not in json.dumps([one.detail for one in events])


def test_rows_stay_with_the_person_they_are_of_when_records_are_joined(cast: Any) -> None:
    """Joining two records moves the referral; what somebody said is read where they said it."""
    said(cast.stranger, SLEEP, "8")
    now = Person.objects.get(pk=cast.stranger.pk)
    now.withdraw(by=cast.manager.pk, because="Found to be the same person as another record", version=now.version)
    assert problems_read(cast.patient) == []
    assert [one.problem.words for one in problems_read(now)] == [SLEEP]


@pytest.mark.parametrize("times", [1, 5])
def test_pages_take_as_many_queries_however_much_was_said(
    times: int, cast: Any, reached: Visit, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for words in ("One", "Two", "Three")[:times]:
        said(cast.patient, words, "8")
    for day in range(times):
        with time_machine.travel(NOW + timedelta(days=day), tick=True):
            said(cast.patient, **{str(one.pk): "3" for one in Problem.objects.all()})
    mine, staff = signed_in(cast.patient_user), signed_in(cast.clinician)
    pages = ((reached.browser, PAGE, 13), (mine, MINE, 14), (staff, key_of(cast), 16), (staff, record_of(cast), 13))
    for browser, page, most in (*pages, (mine, SCORES, 11), (mine, FHIR, 12)):
        with django_assert_max_num_queries(most):
            assert browser.get(page).status_code == 200


def test_a_standing_counts_every_change(cast: Any) -> None:
    """The stamp that keeps two tabs apart goes up with whatever is said or struck through."""
    seen = [standing(cast.patient, "place", None, NOW.date()).version]
    said(cast.patient, SLEEP, "8", member=cast.clinician)
    seen.append(standing(cast.patient, "place", None, NOW.date()).version)
    rating = Rating.objects.get()
    actions.strike(by=audit.SYSTEM, member=cast.clinician, row=rating, because="Mistyped", version=1)
    seen.append(standing(cast.patient, "place", None, NOW.date()).version)
    said(cast.patient, member=cast.clinician, **{str(Problem.objects.get().pk): "7"})
    seen.append(standing(cast.patient, "place", None, NOW.date()).version)
    assert seen == sorted(set(seen))


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_take_turns_and_the_later_is_told(cast: Any) -> None:
    """Two tabs, two servers: of two that start from the same page one is kept, whole."""
    together = Barrier(2)

    def send_it(words: str) -> str:
        together.wait(timeout=10)
        try:
            actions.say(
                by=audit.SYSTEM, person=cast.patient, mode="place", version=0, ratings={}, words=words, rating="8"
            )
        except ChangedMeanwhileError:
            return "told"
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(send_it, ("One", "Two"))) == ["kept", "told"]
    assert (Occasion.objects.count(), Problem.objects.count(), Rating.objects.count()) == (1, 1, 1)
