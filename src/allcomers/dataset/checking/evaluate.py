"""Every rule evaluated over an opened data set: one pass a table, one join a link, and rows looked up only for faults.

The order is the national one. First each record by itself and against the dates of what it belongs to (`own`); then
whether what it belongs to is there and is itself valid, from the patient downwards (`links`), so that a rejected
referral takes its contacts with it; then whole submissions. Faulty rows are kept as tables `found_<rule>` of `__row`
and `__sub`, rejected ones as `rejected_<table>`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

import polars as pl

from allcomers.dataset.checking import submissions
from allcomers.dataset.checking.expressions import SCORE, Compiled, ancestors, compiled, score_patterns
from allcomers.dataset.checking.identifiers import is_genuine
from allcomers.dataset.model import Check, HasChild, HasParent, Rule, Severity, Submission, Table, Unique, literal
from allcomers.dataset.opened import Dataset
from allcomers.dataset.rules import RULES
from allcomers.dataset.scores import score_domains
from allcomers.dataset.tables import BY_CODE, BY_NAME, TABLES

Telling = Callable[[str, float], None]
_GENUINE = {
    "IDS011": ("SocPerCircumstance",),
    "IDS202": ("CodeProcAndProcStatus", "CodeObs", "CodeFind"),
    "IDS602": ("LongTermCondition",),
    "IDS603": ("PresComp",),
}
"""Fields whose SNOMED CT check digit is tested: on their distinct values, which are few."""


@dataclass
class Evaluation:
    """The state of one check: what was counted, and which tables of faulty and rejected rows exist."""

    dataset: Dataset
    tell: Telling
    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    not_applicable: list[str] = field(default_factory=list)
    rejecting: set[str] = field(default_factory=set)
    rejected_subs: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Evaluate every rule that the data set allows."""
        self._make_score_domains()
        rules = [rule for rule in RULES if self._applies(rule)]
        present = [table for table in TABLES if table.name in self.dataset.relations]
        for done, table in enumerate(TABLES):
            self.tell(f"checking {table.name}", 0.8 * done / len(TABLES))
            if table in present:
                self._own(table, [rule for rule in rules if rule.table == table.name])
            self._make_lookup(table)
        for done, table in enumerate(present):
            self.tell(f"linking {table.name}", 0.8 + 0.2 * done / len(present))
            self._links(table, [rule for rule in rules if rule.table == table.name])
        self._remarks([rule for rule in rules if rule.table in {table.name for table in present}])
        self._submissions([rule for rule in rules if isinstance(rule.test, Submission)])
        self.tell("done", 1.0)

    def _applies(self, rule: Rule) -> bool:
        """A rule on a field that an extract as returned leaves out cannot be asked of it."""
        relation = self.dataset.relations.get(rule.table)
        if relation is None or rule.table not in self.dataset.views.returned:
            return True
        using = self.dataset.views.identifiers
        missing = [name for name in rule.test.fields if not relation.has(using.get(name, name))]
        if missing:
            self.not_applicable.append(rule.id)
        return not missing

    def _make_score_domains(self) -> None:
        patterns = score_patterns()
        rows = ", ".join(
            f"({literal(d.code)}, {patterns.index(d.pattern)}, {_number(d.low)}, {_number(d.high)}, "
            f"{_number(d.plausible_low)}, {list(d.words)!r}::varchar[])"
            for d in score_domains()
        )
        self.dataset.session.run(
            "create or replace temp table score_domain as select * from (values "
            f"{rows}) as d(code, form, low, high, plausible_low, words)"
        )

    def _own(self, table: Table, rules: list[Rule]) -> None:
        """The record by itself: everything but links, in one pass."""
        not_genuine = self._not_genuine(table)
        tests = {r: compiled(table, r.test.fault, not_genuine) for r in rules if isinstance(r.test, Check)}
        source = _joined(table, tests.values())
        faults = {rule: test.sql for rule, test in tests.items()}
        sums = "".join(f", sum(case when {sql} then 1 else 0 end)" for sql in faults.values())
        total, *counted = self.dataset.session.row(f"select count(*){sums} from {source}")
        self.rows[table.name] = total
        broken = [(rule, int(n)) for rule, n in zip(faults, counted, strict=True) if n]
        if broken:
            self._keep(source, {rule: faults[rule] for rule, _ in broken})
        self.counts.update({rule.id: n for rule, n in broken})
        for rule in rules:
            if isinstance(rule.test, Unique):
                self._unique(table, rule, rule.test)
        self._reject(table, [rule for rule in rules if isinstance(rule.test, Check | Unique)])

    def _not_genuine(self, table: Table) -> frozenset[str]:
        """Fields of the table that hold a code with a wrong check digit; the codes are kept in a table each."""
        return frozenset(name for name in _GENUINE.get(table.code, ()) if self._hold_not_genuine(table, name))

    def _hold_not_genuine(self, table: Table, name: str) -> bool:
        written = self.dataset.session.rows(
            f'select distinct "{name}" from {table.code} where "{name}" is not null order by 1'
        )
        wrong = [value for (value,) in written if not is_genuine(value)]
        if wrong:
            self.dataset.session.register(f"not_genuine_{table.code}_{name}", pl.DataFrame({"value": wrong}))
        return bool(wrong)

    def _keep(self, source: str, faults: dict[Rule, str]) -> None:
        """The rows of every broken rule, found in one more pass."""
        flags = ", ".join(f'coalesce({sql}, false) as "{rule.id}"' for rule, sql in faults.items())
        anywhere = " or ".join(f"({sql})" for sql in faults.values())
        self._make("faulty", f"select t.__row, t.__sub, {flags} from {source} where {anywhere}")
        for rule in faults:
            self._make(f"found_{rule.id}", f'select __row, __sub from faulty where "{rule.id}"')
        self.dataset.session.run("drop table faulty")

    def _unique(self, table: Table, rule: Rule, test: Unique) -> None:
        """Rows that share a key. Hashes find candidates cheaply; equal hashes are then compared value by value."""
        columns = [f't."{name}"' for name in test.fields]
        key = ", ".join(["t.__own", *columns])
        told = [f"{column} is not null" for column in (columns[:1] if test.blanks_alike else columns)]
        where = " and ".join([*told, *([f"({compiled(table, test.where).sql})"] if test.where else [])])
        alike = f"select hash({key}) as h from {table.code} t where {where} group by h having count(*) > 1"
        if self._make("alike", alike):
            self._found(
                rule,
                f"select __row, __sub from (select t.__row, t.__sub, count(*) over (partition by {key}) as n "
                f"from {table.code} t where {where} and hash({key}) in (select h from alike)) where n > 1",
            )

    def _found(self, rule: Rule, rows: str) -> None:
        if count := self._make(f"found_{rule.id}", rows):
            self.counts[rule.id] = count

    def _make(self, name: str, rows: str) -> int:
        """Keep rows as a table; how many there are."""
        return int(self.dataset.session.row(f"create or replace temp table {name} as {rows}")[0])

    def _reject(self, table: Table, rules: list[Rule]) -> None:
        """Add to the rejected rows of a table those that break a rule which rejects."""
        broken = [rule for rule in rules if rule.severity.rejects and rule.id in self.counts]
        if not broken:
            return
        rows = " union ".join(f"select __row, __sub from found_{rule.id}" for rule in broken)
        if table.code in self.rejecting:
            rows += f" union select __row, __sub from rejected_{table.code}"
        self._make(f"rejected_{table.code}", rows)
        self.rejecting.add(table.code)

    def _make_lookup(self, table: Table) -> None:
        """What rules of the tables below need of this one, and of those above it, by its key."""
        own = [name for owner, name in sorted(_needed_below(table)) if owner == table.code]
        above = [f"{owner}.{name}" for owner, name in sorted(_needed_below(table)) if owner != table.code]
        columns = [f'min(t."{name}") as "{table.code}.{name}"' for name in own]
        columns += [f'min(p."{name}") as "{name}"' for name in above]
        if columns:
            source, key = _with_parent(table) if above else f"{table.code} t", table.key[0]
            self.dataset.session.run(
                f"create or replace temp table lookup_{table.code} as select t.__own as scope, "
                f't."{key}" as key, {", ".join(columns)} from {source} where t."{key}" is not null group by all'
            )

    def _links(self, table: Table, rules: list[Rule]) -> None:
        """What the record belongs to, and what must belong to it, counting only what is itself valid."""
        linking = [rule for rule in rules if isinstance(rule.test, HasParent | HasChild) and rule.severity.rejects]
        for rule in linking:
            self._linked(table, rule)
        self._reject(table, linking)

    def _remarks(self, rules: list[Rule]) -> None:
        """Links whose absence is only remarked on, once it is settled what is valid."""
        for rule in rules:
            if isinstance(rule.test, HasParent | HasChild) and not rule.severity.rejects:
                self._linked(BY_NAME[rule.table], rule)

    def _linked(self, table: Table, rule: Rule) -> None:
        if isinstance(rule.test, HasParent):
            parent, key = BY_NAME[rule.test.parent], rule.test.fields[0]
            there = f'select p.__own, p."{key}" from {self._valid(parent.code)} p'
            scope, where = "__up", f't."{key}" is not null'
        else:
            assert isinstance(rule.test, HasChild)
            key, scope, where = rule.test.key, rule.test.scope, compiled(table, rule.test.where).sql
            if not self.dataset.session.row(f"select count(*) from {table.code} t where {where}")[0]:
                return
            there = rule.test.children.format_map({code: self._valid(code) for code in BY_CODE})
        self._found(
            rule,
            f"with there(scope, key) as ({there}) select t.__row, t.__sub from {table.code} t where {where} "
            f'and not exists (select 1 from there where there.scope = t.{scope} and there.key = t."{key}")',
        )

    def _valid(self, code: str) -> str:
        """The records of a table that are not rejected so far."""
        if code not in self.rejecting:
            return code
        return f"(select * from {code} where __row not in (select __row from rejected_{code}))"

    def _submissions(self, rules: list[Rule]) -> None:
        """Whole submissions: those that break a rule of their own, or hold a record that turns the file away."""
        submissions.count(self.dataset, self.rejecting)
        for rule in rules:
            assert isinstance(rule.test, Submission)
            self._found(rule, submissions.faulty(rule.test))
        for rule in RULES:
            if rule.severity is Severity.FILE and rule.id in self.counts:
                self.rejected_subs |= {int(sub) for (sub,) in self.dataset.session.rows(_turned_away(rule))}

    def rejected_rows(self, table: str) -> int:
        """How many records of a table are rejected, by themselves or with their submission."""
        code = table[:6]
        ways = [f"select __row from rejected_{code}"] if code in self.rejecting else []
        if self.rejected_subs:
            subs = ", ".join(map(str, sorted(self.rejected_subs)))
            ways.append(f"select __row from {code} where __sub in ({subs})")
        if not ways:
            return 0
        return int(self.dataset.session.row(f"select count(*) from ({' union '.join(ways)})")[0])


def _joined(table: Table, tests: Iterable[Compiled]) -> str:
    """The table's view with what its rules need of other tables."""
    source = _with_parent(table) if any(test.parent_columns for test in tests) else f"{table.code} t"
    if any(test.scores for test in tests):
        source += f' left join score_domain {SCORE} on {SCORE}.code = t."CodedAssToolType"'
    return source


def _with_parent(table: Table) -> str:
    """The table's view with the lookup of the record that each belongs to."""
    assert table.parent is not None
    return (
        f"{table.code} t left join lookup_{table.parent.table[:6]} p "
        f'on p.scope = t.__up and p.key = t."{table.parent.field}"'
    )


@cache
def _needed_below(table: Table) -> frozenset[tuple[str, str]]:
    """The columns of this table and those above it that rules of the tables below refer to."""
    above = {table.code, *(ancestor.code for ancestor in ancestors(table))}
    needed: set[tuple[str, str]] = set()
    for rule in RULES:
        if isinstance(rule.test, Check) and rule.table and table in ancestors(BY_NAME[rule.table]):
            columns = compiled(BY_NAME[rule.table], rule.test.fault).parent_columns
            needed |= {column for column in columns if column[0] in above}
    return frozenset(needed)


def _turned_away(rule: Rule) -> str:
    """SQL for the submissions that a rule turns away whole; in a history, all of the provider's."""
    if not isinstance(rule.test, Submission):
        return f"select distinct __sub from found_{rule.id}"
    return f"select s.sub from submission s join submission o using (scope) join found_{rule.id} f on f.__sub = o.sub"


def _number(value: float | None) -> str:
    return "null::double" if value is None else f"{value}::double"
