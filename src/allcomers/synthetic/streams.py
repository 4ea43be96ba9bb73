"""Independent streams of random numbers, one for each block of pathways and topic.

A stream depends on the seed, the block and the topic alone. So the bytes that come out do not depend on how many
workers share the blocks, nor on the order in which they are done; and a new topic leaves every other stream as it was.
"""

from enum import IntEnum

from numpy.random import SFC64, Generator, SeedSequence


class Topic(IntEnum):
    """What a stream is for. Numbers are for ever: append, never renumber."""

    REFERRALS = 0
    SCORES = 1
    PEOPLE = 2
    COURSES = 3
    CONTACTS = 4
    PATHS = 5
    CIRCUMSTANCES = 6
    EMPLOYMENT = 7
    WORDS = 8
    FAULTS = 9
    ORGANISATIONS = 10
    STAFF = 11


WHOLE_COUNTRY = 2**31 - 1
"""The block number of what is drawn once, before any block."""


def stream(*, seed: int, block: int, topic: Topic) -> Generator:
    """The generator of one topic in one block."""
    return Generator(SFC64(SeedSequence(seed, spawn_key=(block, int(topic)))))
