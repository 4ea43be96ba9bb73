"""Names of organisations as people write them: the published tables shout."""

import re

SMALL = {"and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
CAPITALS = {
    "NHS",
    "IAPT",
    "CIC",
    "LTD",
    "UK",
    "LGBT",
    "LLR",
    "ICB",
    "STP",
    "CCG",
    "SMS",
    "GP",
    "HQ",
    "ICS",
    "MSK",
    "BICS",
    "CNWL",
    "PLC",
    "PCT",
}
INSTEAD = {"CIC": "CIC", "LTD": "Ltd", "PLC": "plc"}
ORDINALS = {"ST", "ND", "RD", "TH"}
TAILS = (" INTEGRATED CARE BOARD", " COMMISSIONING REGION")


def readable(name: str) -> str:
    """A published name in ordinary letters; a name that is not all capitals is left as it is."""
    name = " ".join(name.split())
    if name != name.upper():
        return name
    for tail in TAILS:
        name = name.removesuffix(tail)
    words = [_word(word, first=index == 0) for index, word in enumerate(name.split(" "))]
    return " ".join(words)


def _word(word: str, *, first: bool) -> str:
    bare = re.sub(r"\W", "", word)
    if bare in CAPITALS:
        return word.replace(bare, INSTEAD.get(bare, bare))
    if bare.lower() in SMALL and not first:
        return word.lower()
    return re.sub(r"([-\d]?)([^\W\d_]+(?:['’][A-Z]+)?)", _capitalised, word)


def _capitalised(part: re.Match[str]) -> str:
    """One part of a word: Stoke-on-Trent keeps its small word small, 42nd its ending, 01X its code."""
    before, letters = part.groups()
    if before.isdigit():
        return before + (letters.lower() if letters in ORDINALS else letters)
    if letters in CAPITALS:
        return before + INSTEAD.get(letters, letters)
    small = before == "-" and letters.lower() in SMALL
    return before + (letters.lower() if small else letters.capitalize())
