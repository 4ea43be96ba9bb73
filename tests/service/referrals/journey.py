"""A self-referral as somebody fills it in, page by page."""

from typing import Any

from django.test import Client

SAFE, DANGER = {"in_danger": "no"}, {"in_danger": "yes"}
ANSWERS: dict[str, dict[str, Any]] = {
    "age-and-area": {
        "date_of_birth_day": "27",
        "date_of_birth_month": "3",
        "date_of_birth_year": "1985",
        "postcode": "zz993vz",
        "practice": "not_known",
    },
    "who": {"filling_in": "self"},
    "name": {"given_name": "Patience", "family_name": "Canarybird"},
    "contact": {"mobile": "07700 900 982", "mobile_messages": "on", "email": "patience@example.org"},
    "words": {"brings": "I cannot sleep.", "different": "I would sing again."},
    "life": {"problems": ["debt", "loneliness"]},
    "needs": {},
    "about-you": {"skip": "yes"},
    "preferences": {"ways": ["telephone"]},
    "consents": {"tell_gp": "yes"},
}


def where(name: str) -> str:
    return f"/referrals/step/{name}/"


def filled_in(browser: Client, *, gate: dict[str, str] = SAFE, until: str = "", **changed: dict[str, Any]) -> Client:
    """Answer every page, or those before `until`. `changed` names pages with `_` for `-`."""
    assert browser.post("/referrals/safe/", gate).status_code == 302
    for name, given in ANSWERS.items():
        if name == until:
            break
        answer = browser.post(where(name), given | changed.get(name.replace("-", "_"), {}))
        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
    return browser


def sent(browser: Client, **how: Any) -> Any:
    """Fill in and send; the page that says it has arrived."""
    filled_in(browser, **how)
    answer = browser.post("/referrals/check/")
    assert (answer.status_code, answer["Location"]) == (302, "/referrals/done/")
    return browser.get("/referrals/done/")


THEIRS: dict[str, dict[str, Any]] = {
    "referrer": {
        "referrer_name": "Gwen Practitioner",
        "kind": "gp",
        "job": "GP",
        "organisation": "Elm Street Surgery",
        "referrer_phone": "01632 960 002",
    },
    "person": {**ANSWERS["age-and-area"], **ANSWERS["name"], "nhs_number": "999 000 0018"},
    "contact": {"mobile": "07700 900 982", "mobile_messages": "on"},
    "reason": {"reason": "Low since the spring.", "own_words": "I cannot sleep.", "problems": ["debt"]},
    "needs": {},
    "risk": {"safe_now": "safe"},
    "agreement": {"agreed": "yes"},
}


def theirs_filled_in(browser: Client, *, gate: dict[str, str] = SAFE, until: str = "", **changed: Any) -> Client:
    """A professional's referral, page by page."""
    assert browser.post("/referrals/professional/safe/", gate).status_code == 302
    for name, given in THEIRS.items():
        if name == until:
            break
        answer = browser.post(f"/referrals/professional/step/{name}/", given | changed.get(name, {}))
        assert answer.status_code == 302, (name, answer.content.decode()[-3000:])
    return browser


def theirs_sent(browser: Client, **how: Any) -> Any:
    theirs_filled_in(browser, **how)
    answer = browser.post("/referrals/professional/check/")
    assert (answer.status_code, answer["Location"]) == (302, "/referrals/professional/done/")
    return browser.get("/referrals/professional/done/")
