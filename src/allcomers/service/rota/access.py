"""Who may see and change who works with whom."""

from allcomers.service.governance.permissions import CLINICAL, Place, Purpose, Role, staff

RUNS = frozenset({Role.SERVICE_ADMINISTRATOR})
PLANS = RUNS | {Role.CLINICAL_LEAD}

ENTRIES = {
    **{f"rota:{name}": staff(RUNS, Purpose.RUNNING) for name in ("teams", "add_team", "team", "change_team", "join")},
    "rota:membership": staff(RUNS, Purpose.RUNNING),
    "rota:duty": staff(CLINICAL | PLANS | {Role.ADMINISTRATOR}, Purpose.RUNNING),
    **{f"rota:{name}": staff(PLANS, Purpose.RUNNING) for name in ("plan", "shift")},
    **{f"rota:{name}": staff(PLANS, Purpose.RUNNING) for name in ("supervisions", "supervise", "supervision")},
}

MENU = (
    Place("rota:duty", "Duty", 65),
    Place("rota:teams", "Teams", 91),
    Place("rota:supervisions", "Supervision", 92),
)
