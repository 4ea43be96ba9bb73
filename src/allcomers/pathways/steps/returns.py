"""Who came back: each pathway beside the one before it of the same person."""

from allcomers.engine.step import Join, Rank, Step

STEPS = (
    Step(
        "pathway_of_person",
        "pathway",
        keep=("pathway_no", "pathway_id", "person_id", "received_on", "discharged_on", "finished_course"),
        where="person_id is not null",
        ranks=(
            Rank("place", ("person_id",), ("received_on", "pathway_no")),
            Rank(
                "place_finished",
                ("person_id", "finished_course"),
                ("received_on", "pathway_no"),
            ),
        ),
    ),
    Step(
        "returned",
        "pathway_of_person",
        columns={
            "pathway_id": "pathway_of_person.pathway_id",
            "person_id": "pathway_of_person.person_id",
            "received_on": "pathway_of_person.received_on",
            "previous_pathway_id": "before.pathway_id",
            "previous_discharged_on": "before.discharged_on",
            "previous_finished_course": "before.finished_course",
            "days_since_discharge": "date_diff('day', before.discharged_on, pathway_of_person.received_on)",
        },
        joins=(
            Join(
                "pathway_of_person",
                "pathway_of_person.person_id = before.person_id and pathway_of_person.place = before.place + 1",
                "inner",
                name="before",
            ),
        ),
        why="Each pathway of a person who had one before; negative days where the two overlap.",
    ),
    Step(
        "repeat_referral",
        "pathway_of_person",
        columns={
            "pathway_id": "pathway_of_person.pathway_id",
            "person_id": "pathway_of_person.person_id",
            "received_on": "pathway_of_person.received_on",
            "previous_pathway_id": "before.pathway_id",
            "previous_discharged_on": "before.discharged_on",
            "days_since_discharge": "date_diff('day', before.discharged_on, pathway_of_person.received_on)",
        },
        joins=(
            Join(
                "pathway_of_person",
                "pathway_of_person.person_id = before.person_id and before.finished_course "
                "and pathway_of_person.place_finished = before.place_finished + 1",
                "inner",
                name="before",
            ),
        ),
        where="pathway_of_person.finished_course",
        why="The dashboards' repeat referral: only finished courses are held against each other.",
    ),
)
