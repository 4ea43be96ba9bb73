"""Every form of the service, found from the table of URLs, given what should not be sent (issue 6, O5).

Every page is opened by somebody who may, every form on it is found in its HTML, and each is sent what nobody should
send. A new page that nobody here can open fails the test until it is said how.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allcomers.service.accounts.models import User
from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit, limits, table
from allcomers.service.governance.models import BreakGlassReason
from allcomers.service.governance.permissions import Audience, Role
from allcomers.service.people import actions as people
from allcomers.service.people import links, standing
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.portal import actions as portal
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.models import Response
from allcomers.service.referrers import actions as referrers
from tests.service.accounts.test_sign_in import give_factor, with_password
from tests.service.governance.test_matrix import NAMES, address
from tests.service.problems.examples import entered, said
from tests.service.questionnaires.examples import begun
from tests.service.referrals.examples import make_referral
from tests.service.referrals.journey import filled_in, theirs_filled_in

pytestmark = pytest.mark.django_db
ENTRIES = table.entries()
ALLOWED = {200, 302, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503}
REFUSED = {400, 403, 404, 405, 409, 410, 413, 415, 422, 429}
CANARY = "Zzcanary"
SCRIPT = f"<script>alert('{CANARY}')</script>"
STRANGE = (
    f"{CANARY} \u202eשלום\u202c مرحبا 🙂👩‍👧 {{{{ 7*7 }}}} {SCRIPT} "
    + '" autofocus onfocus="x \' OR 1=1 --\r\nSet-Cookie: a=b'
)
HOSTILE: dict[str, str | list[str]] = {
    "nothing": "",
    "too long": CANARY + "x" * 20_000,
    "scripts, emoji, right to left, templates, queries, headers": STRANGE,
    "a null": f"{CANARY}\x00",
    "a number": "-1e309",
    "an id": "00000000-0000-4000-8000-000000000000",
    "another's choices": ["forged", CANARY],
}
FACTS = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "1985", "postcode": "ZZ99 3VZ"}
TECHNICAL = {"sessions", "axes", "governance", "mfa", "account", "contenttypes", "auth", "work"}
SIGNING_OUT = "/sign-in/out/"


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and their fields with the values and kinds they have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, tuple[str, str]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        elif self.found and tag in {"input", "textarea", "select"} and given.get("name"):
            kind = given.get("type", "text") if tag == "input" else tag
            self.found[-1][1].setdefault(given["name"], (kind, given.get("value", "")))


@dataclass(frozen=True)
class Place:
    """One form of one page, open in one browser."""

    name: str
    browser: Client
    where: str
    fields: dict[str, tuple[str, str]]

    @property
    def typed(self) -> list[str]:
        return [name for name, (kind, _) in self.fields.items() if kind != "hidden"]

    @property
    def has_text(self) -> bool:
        return any(kind in {"text", "email", "textarea", "tel", "search"} for kind, _ in self.fields.values())

    def post(self, values: dict[str, Any]) -> Any:
        hidden = {name: value for name, (kind, value) in self.fields.items() if kind == "hidden"}
        return self.browser.post(self.where, {**hidden, **values})


@pytest.fixture(autouse=True)
def _everything_may_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often one may try is tested elsewhere."""
    monkeypatch.setattr(limits, "exceeded", lambda *_args, **_more: False)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


Visit = tuple[Client, str]
Open = Callable[[str], Visit]


@pytest.fixture
def everybody(cast: Any, member: Any) -> User:
    """A member of staff with every role, who is responsible for the patient."""
    user: User = member(*Role, name="Every Role", team=cast.team)
    people.allocate(by=audit.SYSTEM, person=cast.patient, user=user, starts_on=timezone.localdate())
    return user


@pytest.fixture
def opened(cast: Any, everybody: User, signed_in: Any) -> Open:
    """A browser of whoever may open a page, and where the page is."""
    stage = Stage(cast, everybody, signed_in)

    def visit(name: str) -> Visit:
        if name in BY_HAND:
            return BY_HAND[name](stage)
        audience = ENTRIES[name].audience
        if audience == Audience.LINK:
            return by_link(cast.patient, ENTRIES[name].link), address(name, cast)
        if audience in {Audience.STAFF, Audience.SIGNED_IN}:
            return stage.staff(), address(name, cast)
        return signed_in(cast.patient_user) if audience == Audience.PERSON else Client(), address(name, cast)

    return visit


@dataclass(frozen=True)
class Stage:
    """Who is there, for pages that open only when something has happened before."""

    cast: Any
    everybody: User
    signed_in: Any

    def staff(self) -> Client:
        """Signed in a moment ago, so that nobody is asked again how they sign in."""
        browser: Client = self.signed_in(self.everybody)
        session = browser.session
        now = timezone.now().timestamp()
        session["account_authentication_methods"] = [
            {"method": "mfa", "type": "totp", "at": now},
            {"method": "password", "at": now},
        ]
        session.save()
        return browser

    def with_factor(self) -> Client:
        give_factor(self.everybody)
        return self.staff()

    def long_ago(self) -> Client:
        give_factor(self.everybody)
        browser: Client = self.signed_in(self.everybody)
        return browser

    def answering(self, name: str, answers: dict[int, int] | None = None) -> Visit:
        """A page of the questionnaire that a link opens, some of whose questions were answered."""
        browser = by_link(self.cast.patient, "measures")
        response = Response.objects.filter(person=self.cast.patient).latest("entered_at")
        if answers:
            questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=answers)
        more = {"number": 1} if name == "item" else {}
        return browser, reverse(f"questionnaires:{name}", kwargs={"response_id": response.pk, **more})

    def saying(self) -> Visit:
        """The page about own problems, of which one holds."""
        said(self.cast.patient, "I lie awake.", "8")
        return by_link(self.cast.patient, "measures"), reverse("problems:answer")

    def keyed(self) -> Visit:
        response = begun(self.cast.patient, self.everybody)
        every = [item.number for item in asking.items(response.instrument)]
        questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=dict.fromkeys(every, 1))
        return self.staff(), reverse("questionnaires:key_finish", kwargs={"response_id": response.pk})

    def referral(self, name: str, **more: Any) -> Visit:
        made = make_referral(self.cast.patient, **more)
        return self.staff(), reverse(name, kwargs={"referral_id": made.pk})

    def invited(self) -> Client:
        person = self.without_account()
        return followed(
            portal.invite(by=audit.SYSTEM, person=person, member=self.everybody, email="new@example.org")[1]
        )

    def with_a_locked_link(self) -> Client:
        links.make_link(by=audit.SYSTEM, person=self.cast.patient, purpose="measures", days=3)
        PersonLink.objects.filter(person=self.cast.patient).update(locked_at=timezone.now())
        return self.staff()

    def in_an_emergency(self) -> Client:
        governance.break_glass(
            by=audit.SYSTEM,
            user=self.everybody,
            person=self.cast.patient,
            reason=BreakGlassReason.DANGER,
            words="test",
        )
        return self.staff()

    def protecting(self) -> Client:
        person = Person.objects.get(pk=self.cast.patient.pk)
        standing.protect_address(by=audit.SYSTEM, person=person, because="asked for", version=person.version)
        return self.in_an_emergency()

    def without_account(self) -> Person:
        person = people.add_person(
            by=audit.SYSTEM,
            given_name="New",
            family_name="Comer",
            date_of_birth=self.cast.patient.date_of_birth,
            postcode=self.cast.patient.postcode,
            team=self.cast.team,
        )
        people.allocate(by=audit.SYSTEM, person=person, user=self.everybody, starts_on=timezone.localdate())
        return person


def by_link(person: Person, purpose: str) -> Client:
    """A browser in which a link of a purpose was followed."""
    if purpose == "measures":
        request, token = questionnaires.ask(by=audit.SYSTEM, person=person, keys=["PHQ9"])
        questionnaires.begin_request(by=audit.SYSTEM, request=request, layout="list")
    elif purpose == "referral":
        about = str(make_referral(person).pk)
        _, token = links.make_link(by=audit.SYSTEM, person=person, purpose=purpose, days=3, about=about)
    else:
        _, token = links.make_link(by=audit.SYSTEM, person=person, purpose=purpose, days=3)
    return followed(token)


def followed(token: str) -> Client:
    browser = Client()
    browser.get(reverse("people:open_link", kwargs={"token": token}))
    assert browser.post(reverse("people:link_check"), FACTS).status_code == 302
    return browser


def _waiting_link(stage: Stage) -> Visit:
    _, token = links.make_link(by=audit.SYSTEM, person=stage.cast.patient, purpose="measures", days=3)
    browser = Client()
    browser.get(reverse("people:open_link", kwargs={"token": token}))
    return browser, reverse("people:link_check")


def _password_given(stage: Stage) -> Visit:
    """Somebody with an authenticator app, who gave the password."""
    give_factor(stage.cast.clinician)
    return with_password(stage.cast.clinician)[0], reverse("mfa_authenticate")


def _forgot_password(stage: Stage) -> Visit:
    Client().post(reverse("account_reset_password"), {"email": stage.cast.clinician.email})
    found = re.search(r"/sign-in/password/key/\S+", str(mail.outbox[-1].body))
    assert found
    browser = Client()
    return browser, browser.get(found[0])["Location"]


BY_HAND: dict[str, Callable[[Stage], Visit]] = {
    "account_reauthenticate": lambda stage: (stage.signed_in(stage.everybody), "/sign-in/again/"),
    "account_reset_password_from_key": _forgot_password,
    "mfa_authenticate": _password_given,
    "mfa_deactivate_totp": lambda stage: (stage.with_factor(), "/sign-in/second/app/remove/"),
    "mfa_reauthenticate": lambda stage: (stage.long_ago(), "/sign-in/second/again/"),
    "messages:locked": lambda stage: (stage.with_a_locked_link(), address("messages:locked", stage.cast)),
    "people:link_check": _waiting_link,
    "people:address": lambda stage: (stage.in_an_emergency(), address("people:address", stage.cast)),
    "people:stop_protecting": lambda stage: (stage.protecting(), address("people:stop_protecting", stage.cast)),
    "portal:invite": lambda stage: (
        stage.staff(),
        reverse("portal:invite", kwargs={"person_id": stage.without_account().pk}),
    ),
    "portal:join": lambda stage: (stage.invited(), reverse("portal:join")),
    "problems:answer": Stage.saying,
    "problems:strike": lambda stage: (
        stage.staff(),
        reverse("problems:strike", kwargs={"row_id": entered(stage.cast).pk}),
    ),
    "questionnaires:crisis": lambda stage: stage.answering("crisis", {9: 1}),
    "questionnaires:finish": lambda stage: stage.answering("finish", dict.fromkeys(range(1, 11), 0)),
    "questionnaires:item": lambda stage: stage.answering("item"),
    "questionnaires:whole": lambda stage: stage.answering("whole"),
    "questionnaires:key_finish": Stage.keyed,
    "referrals:referral": lambda stage: stage.referral("referrals:referral"),
    "referrals:look_again": lambda stage: stage.referral("referrals:look_again", look_again_at=timezone.now()),
    "referrals:step": lambda _stage: (filled_in(Client(), until="name"), "/referrals/step/name/"),
    "referrals:check": lambda _stage: (filled_in(Client()), "/referrals/check/"),
    "referrals:professional_step": lambda _stage: (
        theirs_filled_in(Client(), until="reason"),
        "/referrals/professional/step/reason/",
    ),
    "referrals:professional_check": lambda _stage: (theirs_filled_in(Client()), "/referrals/professional/check/"),
}
NO_FORM = {
    # Pages that only show something, or lead on.
    "account_inactive", "account_logout", "account_reset_password_done", "account_reset_password_from_key_done",
    "accounts:second_factor", "accounts:staff", "consents:advised", "consents:for_adviser", "consents:given",
    "consents:mine", "consents:of_person", "governance:break_glass_queue", "governance:events", "governance:mine",
    "governance:opened", "imports:quarantine", "look:accessibility", "look:health", "look:start", "messages:of_person",
    "messages:undelivered", "mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes", "people:link_gone",
    "people:open_link", "people:person", "portal:corrections", "portal:corrections_of",
    "people:address", "rota:duty", "rota:supervisions", "rota:team", "rota:teams",
    "portal:download", "portal:fhir", "portal:home", "portal:messages", "portal:my_corrections",
    "portal:questionnaires",
    "portal:readable", "portal:record", "portal:scores", "portal:waiting", "portal:worse_sent", "questionnaires:alert",
    "questionnaires:alerts", "questionnaires:record", "referrals:danger", "referrals:done", "referrals:elsewhere",
    "referrals:help_now", "referrals:inbox", "referrals:of_person", "referrals:professional_danger",
    "referrals:professional_done", "referrals:professional_elsewhere", "referrals:professional_start",
    "referrals:start", "referrals:yours", "referrers:receive", "referrers:schema",
    # Posted to from other pages' scripts and buttons, or read by an authenticator: by their addresses below.
    "governance:drop_draft", "governance:keep_draft", "referrals:leave", "referrals:send_now",
    "mfa_edit_webauthn", "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "portal:disagree",
}  # fmt: skip


def places(name: str, opened: Open) -> list[Place]:
    """Every form of a page, but the one that signs out."""
    browser, where = opened(name)
    page = browser.get(where)
    if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
        return []
    found = Forms(page.content.decode()).found
    return [Place(name, browser, action or where, fields) for action, fields in found if action != SIGNING_OUT]


def stored() -> Counter[str]:
    """How many rows of each kind there are, but for what the machinery keeps."""
    models = [one for one in apps.get_models() if one._meta.app_label not in TECHNICAL]
    return Counter({one._meta.label: one._default_manager.count() for one in models})


APPS = sorted({name.partition(":")[0].partition("_")[0] for name in NAMES if name not in NO_FORM})


@pytest.mark.parametrize("app", APPS)
def test_whatever_is_typed_is_answered_kept_escaped_and_not_stored_where_refused(
    app: str, opened: Open, log: io.StringIO
) -> None:
    """Each form once with each, and once twice over: a double click, or a replay."""
    wrong: list[tuple[str, ...]] = []
    for name in [one for one in NAMES if one not in NO_FORM and one.startswith(app)]:
        with undone():
            found = places(name, opened)
            wrong += [] if found else [(name, "no form: say so in NO_FORM, or how it is opened in BY_HAND")]
            before = stored()
            for place in found:
                for kind, value in HOSTILE.items():
                    with undone():
                        answer = place.post(dict.fromkeys(place.typed, value))
                        wrong += [(name, kind, fault) for fault in faults(place, value, answer, before)]
                again = {place.post(dict.fromkeys(place.typed, "1")).status_code for _ in range(2)}
                wrong += [(name, f"again: {again}")] if again - ALLOWED else []
    assert wrong == []
    assert CANARY not in log.getvalue()


def faults(place: Place, value: str | list[str], answer: Any, before: Counter[str]) -> Iterator[str]:
    said = answer.content.decode()
    if answer.status_code not in ALLOWED:
        yield f"status {answer.status_code}"
    if SCRIPT in said or '" autofocus onfocus="x' in said or " 49 " in said:
        yield "not escaped"
    if "Set-Cookie: a=b" in str(answer.headers):
        yield "a header of theirs"
    if answer.status_code in REFUSED and stored() != before:
        yield "stored though refused"
    if answer.status_code == 422 and place.has_text and CANARY in value and CANARY not in said:
        yield "what was typed is not shown again"


def test_pages_without_a_form_take_nothing(opened: Open, cast: Any, log: io.StringIO) -> None:
    """Posted to by their addresses, with a token that was never given."""
    wrong = []
    for name in sorted(NO_FORM & set(NAMES)):
        with undone():
            browser, where = opened(name)
            for value in (SCRIPT, f"{CANARY}\x00"):
                answer = browser.post(where, {"form_token": value, "next": value, "credential": value, "words": value})
                if answer.status_code not in ALLOWED or SCRIPT in answer.content.decode():
                    wrong.append((name, answer.status_code))
    assert wrong == []
    assert CANARY not in log.getvalue()


FORGED = ("00000000-0000-4000-8000-000000000000", "9" * 30, CANARY * 50, f"{CANARY}%00")


def test_questions_after_an_address_are_answered(opened: Open, log: io.StringIO) -> None:
    wrong = []
    for name in NAMES:
        with undone():
            browser, where = opened(name)
            asked = {"page": STRANGE, "draft": f"{CANARY}\x00", "next": f"https://{CANARY}", "q": STRANGE}
            answer = browser.get(where.partition("?")[0], asked)
            led_away = answer.get("Location", "").startswith(f"https://{CANARY}")
            if answer.status_code not in ALLOWED or led_away or SCRIPT in answer.content.decode():
                wrong.append((name, answer.status_code))
    assert wrong == []
    assert CANARY not in log.getvalue()


def test_forged_ids_find_nothing(opened: Open, log: io.StringIO) -> None:
    """Every address that holds something, with something else in its place."""
    wrong = []
    for name in NAMES:
        with undone():
            browser, where = opened(name)
            for held in map(str, resolve(where.partition("?")[0]).captured_kwargs.values()):
                for forged in FORGED:
                    other = where.replace(held, forged)
                    answers = (browser.get(other), browser.post(other, {"form_token": forged}))
                    pages = [one for one in answers if one.status_code == 200 and len(held) > 8]
                    shown = [one for one in pages if "CANARYBIRD" in one.content.decode()]
                    failed = [one for one in answers if one.status_code not in ALLOWED]
                    wrong += [(name, one.status_code) for one in (*shown, *failed)]
    assert wrong == []
    assert CANARY not in log.getvalue()


@pytest.mark.parametrize("end", ["expired", "used", "cancelled", "locked"])
def test_links_that_are_over_open_and_take_nothing(end: str, opened: Open) -> None:
    now = timezone.now()
    over = {
        "expired": {"expires_at": now - timedelta(seconds=1)},
        "used": {"used_at": now},
        "cancelled": {"cancelled_at": now},
        "locked": {"locked_at": now},
    }
    for name in [one for one in NAMES if ENTRIES[one].audience == Audience.LINK]:
        with undone():
            browser, where = opened(name)
            PersonLink.objects.update(**over[end])
            before = stored()
            for answer in (browser.get(where), browser.post(where, dict.fromkeys(("words", "because"), CANARY))):
                assert answer["Location"] == reverse("people:link_gone"), name
            assert stored() == before, name


def test_ten_megabytes_are_refused_everywhere_before_they_are_read(opened: Open, cast: Any) -> None:
    for name in NAMES:
        answer = Client().generic("POST", address(name, cast), b"x", CONTENT_LENGTH="10000000")
        assert answer.status_code == 413, name
    assert Client().post("/referrals/step/words/", {"brings": "x" * 10_000_000}).status_code == 413


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300) | st.text(max_size=100).map(lambda one: json.dumps(one).encode()))
def test_the_json_endpoint_answers_whatever_is_sent(body: bytes, db: None, log: io.StringIO) -> None:
    with undone():
        token = referrers.make_token(by=audit.SYSTEM, name="Elm Street Surgery")
        answer = Client().post(
            "/referrals/api/",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one"},
        )
        assert answer.status_code in {400, 415, 422}
        assert answer["Content-Type"] == "application/problem+json"


FIELDS = st.dictionaries(
    st.sampled_from(["given_name", "family_name", "preferred_name", "pronouns", "nhs_number"]),
    st.text(max_size=90) | st.sampled_from([*filter(lambda one: isinstance(one, str), HOSTILE.values())]),
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=FIELDS)
def test_a_name_is_stored_as_it_was_typed_or_not_at_all(typed: dict[str, str], db: None) -> None:
    """Any text: what is kept is what was typed, without the spaces around it."""
    with undone():
        browser = filled_in(Client(), until="name")
        answer = browser.post("/referrals/step/name/", typed)
        kept = apps.get_model("referrals.StartedReferral").objects.get().answers.get("name")
        assert (answer.status_code == 302) == (kept is not None)
        if kept is not None:
            posted = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
            same = {name: value for name, value in posted.items() if name != "nhs_number"}
            assert {name: kept[name] for name in same} == {name: value.strip() for name, value in same.items()}
