"""The pages of nobody in particular."""

from allcomers.service.governance.permissions import public

ENTRIES = {
    "look:start": public(),
    "look:health": public(),
    "look:accessibility": public(),
    "look:demo": public(),
}
