"""Back-ends that send nothing: for development, demonstrations and trials."""

import json
import sys

from django.conf import settings
from django.utils import timezone

from allcomers.service.messages.letters import Letter


class Console:
    """Prints a message."""

    def send(self, letter: Letter) -> str:
        sys.stdout.write(f"\n{letter.channel} to {letter.to}\n{letter.subject}\n\n{letter.body}\n")
        sys.stdout.flush()
        return ""


class Folder:
    """Writes a message to the folder `messages` of the data folder: its words as .txt, all of it as .json.

    The name is the message's id, so that one sent twice is one file.
    """

    def send(self, letter: Letter) -> str:
        folder = settings.ALLCOMERS.data_folder / "messages"
        folder.mkdir(parents=True, exist_ok=True)
        whole = {
            "id": str(letter.id),
            "channel": letter.channel,
            "to": letter.to,
            "subject": letter.subject,
            "body": letter.body,
            "written_at": timezone.now().isoformat(),
        }
        (folder / f"{letter.id}.txt").write_text(f"{letter.body}\n", encoding="utf-8")
        (folder / f"{letter.id}.json").write_text(json.dumps(whole, indent=2, ensure_ascii=False), encoding="utf-8")
        return f"{letter.id}.json"
