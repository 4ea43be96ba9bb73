"""A backup under load restores to one verified moment, on both databases; what cannot be restored changes nothing."""

import csv
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from allcomers.exceptions import AllcomersError
from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.keeping import backups, manifest, restores
from allcomers.service.keeping.manifest import database_at
from allcomers.service.people import actions as people
from allcomers.service.people import links
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires.models import Answer, Response, RiskAlert
from tests.service.keeping.conftest import SECRET

pytestmark = pytest.mark.django_db(transaction=True)
WEIGHT = 9  # the item of PHQ-9 that raises an alert


@dataclass
class Load:
    """Threads that key in questionnaires until they are stopped; `acknowledged` has each when its action returned."""

    cast: Any
    stop: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[Any] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def submit(self) -> None:
        try:
            while not self.stop.is_set():
                self.acknowledged.append(submitted(self.cast))
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            connection.close()

    @contextmanager
    def running(self, threads: int = 2) -> Iterator[None]:
        started = [threading.Thread(target=self.submit) for _ in range(threads)]
        for one in started:
            one.start()
        try:
            yield
        finally:
            self.stop.set()
            for one in started:
                one.join()


def submitted(cast: Any) -> Any:
    """Somebody new with a whole PHQ-9 whose ninth answer raises an alert: three actions; the questionnaire's id."""
    person = people.add_person(by=audit.SYSTEM, given_name="New", family_name="Comer", date_of_birth=date(1985, 3, 27))
    response = questionnaires.key_in(
        by=audit.SYSTEM, member=cast.clinician, person=person, key="PHQ9", mode=Response.Mode.PHONE
    )
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=dict.fromkeys(range(1, 11), 1))
    return response.pk


def wait_for(count: int, load: Load) -> None:
    until = timezone.now() + timedelta(seconds=30)
    while len(load.acknowledged) < count and not load.faults and timezone.now() < until:
        load.stop.wait(0.01)
    assert len(load.acknowledged) >= count, load.faults


def test_a_backup_under_load_restores_to_one_verified_moment(
    cast: Any, tmp_path: Path, another_database: Callable[[], str]
) -> None:
    """What was acknowledged before it began is in it; what began after it ended is not; what is in it is whole."""
    load = Load(cast)
    with load.running():
        wait_for(6, load)
        before = set(load.acknowledged)
        made = backups.make(tmp_path, SECRET)
        after = len(load.acknowledged) + 4
        wait_for(after, load)
    assert load.faults == []
    began_after = submitted(cast)
    with database_at(another_database()):
        restored = restores.restore(made.path, SECRET)
        there = set(Response.objects.values_list("pk", flat=True))
        assert before <= there
        assert began_after not in there
        assert there < {*load.acknowledged, began_after} | there
        answers = Answer.objects.filter(number=WEIGHT)
        assert answers.count() == RiskAlert.objects.count() > 0
        assert all(Answer.objects.filter(response=one).count() in (0, 10) for one in there)
        raised = AuditEvent.objects.filter(event="risk.raised").values_list("object_id", flat=True)
        assert set(raised) == {str(one) for one in RiskAlert.objects.values_list("pk", flat=True)}
        assert AuditEvent.objects.filter(event="backup.restored").count() == 1
        assert AuditEvent.objects.count() == made.manifest.events + 1 == restored.manifest.events + 1
        assert audit.verify()[2] is None
        assert RiskAlert.history.count() >= RiskAlert.objects.count()
        submitted_there = submitted(cast)  # and it goes on from there: numbers of new rows are free
        assert Answer.objects.filter(response=submitted_there).count() == 10
    assert AuditEvent.objects.filter(event="backup.made").count() == 1
    assert audit.verify()[2] is None


def test_the_file_holds_nothing_that_can_be_read_and_only_its_owner_may(cast: Any, tmp_path: Path) -> None:
    made = backups.make(tmp_path, SECRET)
    content = made.path.read_bytes()
    assert not any(one in content for one in (b"Canarybird", b"9990000018", b"governance_auditevent"))
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [made.path.name]
    assert list(Path(settings.ALLCOMERS.data_folder).glob("backup-*")) == []


def test_verifying_counts_every_row_and_walks_the_audit(cast: Any, tmp_path: Path) -> None:
    made = backups.make(tmp_path, SECRET)
    found = backups.verify(made.path, SECRET)
    assert found.manifest.tables["people_person"] == Person.objects.count() == 2
    assert found.manifest.events == AuditEvent.objects.count() - 1 > 0  # the backup's own event came after
    assert found.manifest.last_hash == AuditEvent.objects.get(sequence=found.manifest.events).hash
    assert (found.sha256, found.manifest) == (made.sha256, made.manifest)


def test_an_audit_altered_before_the_backup_is_found_by_verifying_it(cast: Any, tmp_path: Path) -> None:
    from allcomers.service.governance import append_only

    append_only.turn_off(connection)
    try:
        AuditEvent.objects.filter(sequence=2).update(event="nothing.happened")
    finally:
        append_only.turn_on(connection)
    with pytest.raises(AllcomersError, match="audit breaks at event 2: the event was altered"):
        backups.make(tmp_path, SECRET)
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_not_overwritten_unless_told(cast: Any, tmp_path: Path) -> None:
    made = backups.make(tmp_path, SECRET)
    with pytest.raises(AllcomersError, match="not empty"):
        restores.restore(made.path, SECRET)
    assert AuditEvent.objects.filter(event="backup.restored").count() == 0


def test_a_restore_that_does_not_agree_leaves_everything_as_it_was(
    cast: Any, tmp_path: Path, another_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backups.make(tmp_path, SECRET)
    monkeypatch.setattr(manifest, "differences", lambda _: ["people_person has 1 rows, not 2"])
    other = another_database()
    with database_at(other):
        with pytest.raises(AllcomersError, match="people_person has 1 rows"):
            restores.restore(made.path, SECRET)
        assert connection.introspection.table_names() == []
        assert not manifest.in_use()


def test_a_cut_backup_is_refused_before_anything_is_touched(cast: Any, tmp_path: Path) -> None:
    made = backups.make(tmp_path, SECRET)
    cut = tmp_path / "cut.backup"
    cut.write_bytes(made.path.read_bytes()[:-1])
    events = AuditEvent.objects.count()
    with pytest.raises(AllcomersError, match="cut short"):
        restores.restore(cut, SECRET, replace=True)
    assert AuditEvent.objects.count() == events
    with pytest.raises(AllcomersError, match="cannot be read"):
        backups.verify(tmp_path / "none.backup", SECRET)


def test_a_backup_of_a_later_version_or_another_database_is_refused(
    cast: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backups.make(tmp_path, SECRET)
    known = manifest.describe()
    for changes, words in (
        ({"migrations": [*known.migrations, ["people", "0999_later"]]}, "knows more than this one"),
        ({"database": "oracle"}, "a backup of oracle"),
    ):
        changed = manifest.Manifest(**{**vars(known), **changes})
        monkeypatch.setattr(manifest, "read", lambda _, changed=changed: changed)
        with pytest.raises(AllcomersError, match=words):
            restores.restore(made.path, SECRET, replace=True)


def test_an_earlier_backup_is_brought_up_to_date(
    cast: Any, tmp_path: Path, another_database: Callable[[], str]
) -> None:
    """A database whose last migration had not been applied when the backup was made."""
    with database_at(another_database()):
        call_command("migrate", "axes", "0008", verbosity=0)
        call_command("migrate", "accounts", verbosity=0)
        call_command("migrate", "governance", verbosity=0)
        call_command("migrate", "people", "0001", verbosity=0)
        User.objects.create_user("early@example.org", "p", name="Early")
        audit.record("test.event", by=audit.SYSTEM)
        made = backups.make(tmp_path, SECRET)
    assert "referrals_referral" not in made.manifest.tables
    with database_at(another_database()):
        restores.restore(made.path, SECRET)
        assert User.objects.get().email == "early@example.org"
        assert "referrals_referral" in connection.introspection.table_names()
        here = {(app, name) for app, name in manifest.describe().migrations}
        assert {name for app, name in here if app == "axes"} > {"0008_accessfailurelog"}


def test_restore_closes_links_because_one_may_have_been_used_or_cancelled_since(
    cast: Any, tmp_path: Path, another_database: Callable[[], str]
) -> None:
    link, token = links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="measures", days=14)
    made = backups.make(tmp_path, SECRET)
    links.cancel_link(by=audit.SYSTEM, link=link)
    with database_at(another_database()):
        assert restores.restore(made.path, SECRET).links_closed == 1
        assert links.link_with_token(token) is None
        assert PersonLink.objects.get().cancelled_at is not None


def test_restore_over_a_database_lists_what_it_loses_so_that_withdrawals_are_done_again(
    cast: Any, tmp_path: Path, another_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was withdrawn after the backup comes back with it: the list says what to do again, and holds no content."""
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setattr(settings, "ALLCOMERS", settings.ALLCOMERS.but(data_folder=data))
    first = backups.make(tmp_path, SECRET)
    with database_at(another_database()):
        restores.restore(first.path, SECRET)
        made = backups.make(tmp_path, SECRET)
        person = Person.objects.get(pk=cast.patient.pk)
        allocation = person.allocations.get()
        people.end_allocation(by=audit.SYSTEM, allocation=allocation, version=1, ends_on=timezone.localdate())
        done = restores.restore(made.path, SECRET, replace=True)
        assert done.lost is not None
        with done.lost.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert ("allocation.ended", str(person.pk)) in [(row["event"], row["person"]) for row in rows]
        assert "Canarybird" not in done.lost.read_text()
        assert Person.objects.get(pk=cast.patient.pk).allocations.get().ends_on is None


def test_signed_in_sessions_are_not_brought_back(
    cast: Any, signed_in: Any, tmp_path: Path, another_database: Callable[[], str]
) -> None:
    from django.contrib.sessions.models import Session

    signed_in(cast.clinician)
    assert Session.objects.exists()
    made = backups.make(tmp_path, SECRET)
    with database_at(another_database()):
        restores.restore(made.path, SECRET)
        assert not Session.objects.exists()


def test_the_commands_say_what_they_did_and_what_is_still_to_do(
    cast: Any,
    tmp_path: Path,
    another_database: Callable[[], str],
    backup_key: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("backup", str(tmp_path))
    said = capsys.readouterr().out
    (path,) = tmp_path.glob("*.backup")
    assert f"{path}: " in said
    assert "SHA-256" in said
    call_command("verify_backup", str(path))
    assert "Whole: " in capsys.readouterr().out
    with database_at(another_database()):
        call_command("restore", str(path))
    said = capsys.readouterr().out
    assert "checked, in" in said
    assert "STILL TO DO" in said
    assert "0 links to people were closed" in said


def test_without_a_key_nothing_is_written(cast: Any, tmp_path: Path) -> None:
    with pytest.raises(AllcomersError, match="ALLCOMERS_BACKUP_KEY: empty"):
        call_command("backup", str(tmp_path / "backups"))
    assert not (tmp_path / "backups").exists()


def test_a_passphrase_is_long_and_typed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "short")
    with pytest.raises(AllcomersError, match="too short"):
        call_command("backup", str(tmp_path), "--passphrase")
    typed = iter(["six words that somebody remembers", "six words that somebody forgot"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    with pytest.raises(AllcomersError, match="not the same"):
        call_command("backup", str(tmp_path), "--passphrase")
