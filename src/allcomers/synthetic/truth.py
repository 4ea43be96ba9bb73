"""What no record says: latent states, what would have happened, and how the pathway was made.

Kept apart from the data set. For testing methods that guess at missing outcomes: for people who left, it holds where
they truly stood when they left and where the planned course would have taken them.
"""

import numpy as np
import pyarrow as pa

from allcomers.synthetic import groups
from allcomers.synthetic.arrays import Floats, Ints
from allcomers.synthetic.classes import FINISHED, Kind
from allcomers.synthetic.columns import coded, dates, whole_numbers
from allcomers.synthetic.pathways import Pathways
from allcomers.synthetic.scores import totals
from allcomers.synthetic.staff import Staff


def pathway_truth(pathways: Pathways, referral_ids: pa.Array) -> pa.Table:
    """One row a pathway; states in standard deviations, higher is worse.

    `kind` is how the pathway goes in the end, even where that lies after the data set's last day; so are
    `discharged_on` and `sessions`. `*_left` is the state at the last attended session, `*_planned` at the end of the
    course that was planned. `true_*_last` are scores at the end of the planned course: of a finished course those on
    record, of anyone else what nobody asked.
    """
    state, line = pathways.courses.states, pathways.timeline
    progress = _progress_when_left(pathways)
    first, last = totals(pathways.courses.first), totals(pathways.courses.last)
    return pa.table(
        {
            "ServiceRequestId": referral_ids,
            "kind": coded(pathways.kind, [kind.name.lower() for kind in Kind]),
            "true_problem": coded(pathways.true_problem, groups.PROBLEM.strata),
            "responds": pa.array(state.responds),
            "depression_start": _state(state.depression),
            "anxiety_start": _state(state.anxiety),
            "distress_start": _state(state.distress),
            "depression_left": _state(state.depression + (state.depression_end - state.depression) * progress),
            "anxiety_left": _state(state.anxiety + (state.anxiety_end - state.anxiety) * progress),
            "depression_planned": _state(state.depression_end),
            "anxiety_planned": _state(state.anxiety_end),
            "true_phq9_first": whole_numbers(first[0]),
            "true_gad7_first": whole_numbers(first[1]),
            "true_phq9_last": whole_numbers(last[0]),
            "true_gad7_last": whole_numbers(last[1]),
            "sessions": whole_numbers(line.sessions),
            "sessions_planned": whole_numbers(line.planned),
            "discharged_on": dates(line.discharged),
        }
    )


def _state(values: Floats) -> pa.Array:
    return pa.array(np.round(values, 4).astype(np.float32))


def _progress_when_left(pathways: Pathways) -> Floats:
    line = pathways.timeline
    apart = line.assessed_apart.astype(np.int64)
    events: Ints = np.maximum(apart + line.sessions - 1, 0)
    way = np.where(pathways.kind >= FINISHED, 1.0, events / (apart + np.maximum(line.planned, 2) - 1))
    return np.asarray(np.log1p(4 * way) / np.log(5))


def staff_truth(staff: Staff) -> pa.Table:
    """Each therapist's own effect on recovery, in log-odds."""
    numbers = np.concatenate([role.number for role in staff.roles])
    effect = np.concatenate([role.effect for role in staff.roles])
    return pa.table({"staff_number": whole_numbers(numbers), "effect_log_odds": _state(effect)})
