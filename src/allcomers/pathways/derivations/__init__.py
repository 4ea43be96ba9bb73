"""Every derivation, named once, with its national name and id, its rule, its source and how far it is to be trusted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from allcomers.instruments.registry import Registry
from allcomers.pathways.derivations import (
    contacts,
    employment,
    outcome,
    person,
    problem,
    scores,
    sessions,
    staff,
    stages,
    therapy,
)
from allcomers.pathways.derivations.derivation import Derivation, Status

__all__ = ["Choices", "Derivation", "Derivations", "Status"]


@dataclass(frozen=True)
class Choices:
    """What the official wording leaves open and a site may settle otherwise.

    Parameters
    ----------
    registry : the questionnaires and their thresholds; the national ones when None.
    single_scores : name an anxiety measure even where it has a first score only.
    follow_up_scores : let a score taken at a follow-up appointment before discharge count as any other.
    """

    registry: Registry | None = None
    single_scores: bool = True
    follow_up_scores: bool = True


@dataclass(frozen=True)
class Derivations:
    """The derivations under some choices, found by name, by national name and by the step that makes them."""

    choices: Choices = field(default_factory=Choices)

    @cached_property
    def all(self) -> tuple[Derivation, ...]:
        """Every derivation."""
        return (
            *person.DERIVATIONS,
            *contacts.DERIVATIONS,
            *therapy.DERIVATIONS,
            *staff.DERIVATIONS,
            *sessions.DERIVATIONS,
            *stages.DERIVATIONS,
            *scores.derivations(self.choices.registry),
            *problem.DERIVATIONS,
            *employment.DERIVATIONS,
            *outcome.derivations(self.choices.registry, single_scores=self.choices.single_scores),
        )

    def __iter__(self) -> Iterator[Derivation]:
        return iter(self.all)

    def on(self, step: str) -> tuple[Derivation, ...]:
        """The derivations that a step makes."""
        return tuple(one for one in self.all if one.on == step)

    @cached_property
    def by_name(self) -> dict[str, Derivation]:
        """Each by its plain name."""
        return {one.name: one for one in self.all}

    @cached_property
    def by_national(self) -> dict[str, Derivation]:
        """Those that are national fields, by that name."""
        return {one.national: one for one in self.all if one.national}
