"""Where somebody lives, and their practice: what a referral says of them is not shown while the address is protected.

Whoever referred them is left out as well: it may be the practice.
"""

from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Contact, Referral

FIELDS = {
    "postcode": "Postcode",
    "practice_name": "GP practice",
    "post": "Postal address",
    "referrer_name": "Referred by",
    "organisation": "Organisation that referred",
    "referrer_phone": "Telephone of whoever referred",
    "referrer_email": "E-mail of whoever referred",
}


def hidden(referral: Referral) -> frozenset[str]:
    """The fields of a referral's pages that are not shown."""
    return frozenset({*FIELDS, "practice"}) if referral.hides_address else frozenset()


def known(person: Person) -> list[tuple[str, str]]:
    """What a person's referrals say of where they live, the latest first, each thing once."""
    found: dict[tuple[str, str], None] = {}
    for one in Referral.objects.filter(person=person, withdrawn_at=None).order_by("-received_at"):
        post = one.contacts.filter(channel=Contact.Channel.POST, withdrawn_at=None)
        found |= dict.fromkeys((FIELDS["post"], contact.value) for contact in post)
        said = {name: value for page in one.answers.values() if isinstance(page, dict) for name, value in page.items()}
        found |= dict.fromkeys((label, str(said[name])) for name, label in FIELDS.items() if said.get(name))
    return list(found)
