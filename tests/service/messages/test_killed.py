"""A worker killed by the system (SIGKILL) at any moment, on either database: no message is lost, none is another's."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from allcomers.service.governance import audit
from allcomers.service.messages import actions, clock
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires.models import MeasureRequest
from tests.service.messages.conftest import MOBILE, referral_of

COUNT, KILLS = 200, 3
WORKER = """
import sys
from datetime import datetime
import django, time_machine
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from allcomers.service.messages import delivery
with time_machine.travel(datetime.fromisoformat(sys.argv[2])):
    print("begun", flush=True)
    while delivery.deliver():
        pass
"""


def worker(folder: Path, moment: str) -> "subprocess.Popen[str]":
    """A worker that has begun to deliver what is in the database of the tests."""
    environment = {**os.environ, "ALLCOMERS_DATA_FOLDER": str(folder), "ALLCOMERS_TEXTS": "file"}
    command = [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"]), moment]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_random_loses_no_message(cast: Any, tmp_path: Path) -> None:
    """Hazard: a message that nobody sends. Each worker is killed; the next comes when the lease has run out."""
    referral_of(cast.patient, mobile=MOBILE)
    request = MeasureRequest.objects.create(person=cast.patient)
    for number in range(COUNT):
        actions.queue(
            by=audit.SYSTEM, kind="measures_asked", channel="text", key=str(number), about=request.pk,
            person=cast.patient,
        )  # fmt: skip
    pauses, begins = random.Random(6), Message.objects.earliest("queued_at").queued_at  # noqa: S311
    left = []
    for turn in range(KILLS + 1):
        process = worker(tmp_path, (begins + (turn + 1) * (clock.LEASE + clock.LEASE / 5)).isoformat())
        if turn < KILLS:
            time.sleep(pauses.uniform(0.05, 0.25))
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        left.append(Message.objects.filter(status="queued").count())
    assert left[0] > 0, "the first worker was not killed in the middle"
    assert left[-1] == 0
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    written = {json.loads(path.read_text())["id"] for path in (tmp_path / "messages").glob("*.json")}
    assert written == {str(one) for one in Message.objects.values_list("pk", flat=True)}
    assert audit.verify()[2] is None
