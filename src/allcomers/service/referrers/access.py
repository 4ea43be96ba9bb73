"""Anyone may read the schema; whoever has a token may send, which the view sees to: a system has no role."""

from allcomers.service.governance.permissions import public

ENTRIES = {"referrers:receive": public(), "referrers:schema": public()}

READINGS = {"referrer.sent": "A professional's own system sent us the referral"}
