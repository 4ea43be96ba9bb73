"""The reference of a referral: what a person keeps, and reads out."""

import secrets

LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"  # none that is taken for another


def new_reference() -> str:
    """Eight letters and numbers, which are easily read out on the telephone: a chance in 5 × 10¹¹ to guess one."""
    text = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"
