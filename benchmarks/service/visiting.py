"""Visitors of a running service, from a process of its own: so many requests a second, whatever the answers take.

    python benchmarks/service/visiting.py ADDRESS FILE      what `filling.Filled` holds, as JSON; prints times as JSON

A time is counted from the moment a request was due, so that waiting behind a slow answer is counted as well.
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

RATE, SECONDS, THREADS, ALONE = 20, 30, 16, 7
SUBMISSIONS_EVERY = 20  # one request in so many sends a page of answers
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
FACTS = {"date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "1985"}
Request = Callable[[], httpx.Response]


class Visitors:
    """Browsers with the sessions of the benchmark's people."""

    def __init__(self, address: str, filled: dict[str, Any]) -> None:
        self.address, self.filled, self.chance = address, filled, random.Random(1)  # noqa: S311 - no secret
        self.browsers = {name: self._browser(session) for name, session in filled["sessions"].items()}
        self.nobody = self._browser()
        self.submissions: list[Request] = []

    def _browser(self, session: str = "", place: str = "10.1.1.1") -> httpx.Client:
        cookies = {"session": session} if session else {}
        headers = {"X-Forwarded-For": place, "X-Forwarded-Proto": "http"}
        return httpx.Client(base_url=self.address, timeout=60, cookies=cookies, headers=headers)

    def pages(self) -> list[tuple[str, Request]]:
        def of(who: str, path: str, each: str = "") -> Request:
            return lambda: self.browsers[who].get(path.format(self.chance.choice(self.filled["people"])) + each)

        return [
            ("health", lambda: self.nobody.get("/health")),
            ("start", lambda: self.nobody.get("/")),
            ("refer yourself", lambda: self.nobody.get("/referrals/")),
            ("a record", of("clinician", "/people/{}/")),
            ("questionnaires of a record", of("clinician", "/questionnaires/of/{}/")),
            ("who opened a record", of("clinician", "/governance/opened/{}/")),
            ("people of a clinician", of("clinician", "/people/")),
            ("a search of an administrator", self._search),
            ("inbox", of("administrator", "/referrals/inbox/")),
            ("alerts", of("duty", "/questionnaires/alerts/")),
            ("audit", of("auditor", "/governance/audit/")),
            ("own place", of("account", "/my/")),
            ("own record", of("account", "/my/record/")),
        ]

    def _search(self) -> httpx.Response:
        browser = self.browsers["administrator"]
        if "csrf" not in browser.cookies:
            browser.get("/people/")
        words = {"words": f"Family{self.chance.randrange(9973)}"}
        return browser.post("/people/", data=words, headers={"X-CSRFToken": str(browser.cookies.get("csrf", ""))})

    def open_links(self) -> None:
        """Everything up to the page of questions, untimed: what is measured is sending the answers."""
        for number, token in enumerate(self.filled["links"]):
            browser = self._browser(place=f"10.2.{number // 250}.{number % 250}")
            browser.get(f"/people/link/{token}/")
            browser.get("/people/check/")
            self._send(browser, "/people/check/", FACTS)
            where = self._send(browser, "/questionnaires/answer/", {"layout": "list"}).headers["Location"]
            found = TOKEN.search(browser.get(where).text)
            assert found, where
            answers = {f"item_{item}": str(self.chance.choice((0, 1, 2))) for item in range(1, 11)}
            answers |= {"form_token": found[1]}
            self.submissions.append(lambda b=browser, w=where, a=answers: self._post(b, w, a))  # type: ignore[misc]

    def _send(self, browser: httpx.Client, path: str, fields: dict[str, str]) -> httpx.Response:
        found = TOKEN.search(browser.get(path).text)
        return self._post(browser, path, {**fields, **({"form_token": found[1]} if found else {})})

    @staticmethod
    def _post(browser: httpx.Client, path: str, fields: dict[str, str]) -> httpx.Response:
        return browser.post(path, data=fields, headers={"X-CSRFToken": str(browser.cookies.get("csrf", ""))})


def visit(address: str, filled: dict[str, Any]) -> dict[str, list[float]]:
    """Milliseconds of every request, by page; a page that does not answer well stops the benchmark."""
    visitors = Visitors(address, filled)
    visitors.open_links()
    pages = visitors.pages()
    times: dict[str, list[float]] = {f"{name}, alone": _alone(name, request) for name, request in pages}

    def timed(name: str, request: Request, due: float) -> None:
        answer = request()
        times.setdefault(name, []).append((time.perf_counter() - due) * 1000)
        assert answer.status_code < 400 or name == "health", (name, answer.status_code)

    with ThreadPoolExecutor(THREADS) as pool:
        begun, sent = time.perf_counter() + 0.1, []
        for number in range(RATE * SECONDS):
            due = begun + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            if number % SUBMISSIONS_EVERY == 0 and visitors.submissions:
                sent.append(pool.submit(timed, "sending answers", visitors.submissions.pop(), due))
            else:
                sent.append(pool.submit(timed, *visitors.chance.choice(pages), due))
        for one in sent:
            one.result()
    return times


def _alone(name: str, request: Request) -> list[float]:
    """Milliseconds of a few requests with nobody else there: the least is what the page costs."""
    found = []
    for _ in range(ALONE):
        begun = time.perf_counter()
        answer = request()
        found.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code in (200, 503), (name, answer.status_code, answer.headers.get("Location"))
    return found


if __name__ == "__main__":
    print(json.dumps(visit(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))))
