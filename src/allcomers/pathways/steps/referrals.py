"""One row a referral pathway with its person and its organisations."""

from allcomers.engine.step import Join, Rank, Step
from allcomers.pathways.lookups import ORGANISATION

_COMMISSIONER = "commissioner"
_PROVIDER = "provider"

STEPS = (
    Step(
        "referral",
        "IDS101Referral",
        columns={
            "pathway_no": "record_no",
            "pathway_id": "PathwayID",
            "provider_code": "OrgID_Provider",
            "sub_icb_code": "OrgIDComm",
            "received_on": "ReferralRequestReceivedDate",
            "discharged_on": "ServDischDate",
            "window_ended_on": "coalesce(ServDischDate, data_ended_on)",
        },
        keep=("provider_no", "ServiceRequestId", "LocalPatientId"),
        why="Each referral as last sent, which is the row that UsePathway_Flag marks: the table is the used rows.",
    ),
    Step(
        "described_referral",
        "IDS101Referral",
        columns={
            "pathway_no": "IDS101Referral.record_no",
            "pathway_id": "PathwayID",
            "person_id": "Person_ID",
            "record_number": "IDS001MPI.record_no",
            "provider_code": "OrgID_Provider",
            "sub_icb_code": "OrgIDComm",
            "icb_code": f"coalesce({_COMMISSIONER}.icb_code, {_PROVIDER}.icb_code)",
            "region_code": f"coalesce({_COMMISSIONER}.region_code, {_PROVIDER}.region_code)",
            "received_on": "ReferralRequestReceivedDate",
            "discharged_on": "ServDischDate",
            "source_of_referral": "SourceOfReferralIAPT",
            "end_code": "EndCode",
            "onset_on": "OnsetDate",
            "previous_condition": "PrevDiagCondInd",
            "born_on": "PersonBirthDate",
            "gender": "Gender",
            "gender_identity": "GenderIdentity",
            "gender_same_at_birth": "GenderIdentitySameAtBirth",
            "submitted_ethnic_category": "EthnicCategory",
            "ex_forces": "ExBAFIndicator",
            "education": "EduEstabTypeIAPT",
            "deprivation_decile": "IndicesOfDeprivationDecile",
            "lsoa": "LSOA",
            "sub_icb_of_residence_code": "OrgIDSubICBLocResidence",
        },
        keep=("reported_to_on",),
        joins=(
            Join("IDS001MPI", ("provider_no", "LocalPatientId")),
            Join(
                ORGANISATION,
                f"{_COMMISSIONER}.kind = 'sub-icb' and {_COMMISSIONER}.code = IDS101Referral.OrgIDComm",
                name=_COMMISSIONER,
            ),
            Join(
                ORGANISATION,
                f"{_PROVIDER}.kind = 'provider' and {_PROVIDER}.code = IDS101Referral.OrgID_Provider",
                name=_PROVIDER,
            ),
        ),
        why="Each referral with its person and its organisations. ICB and region are known where a list of "
        "organisations is given: by the commissioner, else by the provider.",
    ),
    Step(
        "long_term_condition",
        "IDS602LongTermCondition",
        columns={"condition_no": "IDS602LongTermCondition.record_no", "condition_code": "LongTermCondition"},
        keep=("pathway_no", "pathway_id"),
        joins=(Join("referral", ("provider_no", "ServiceRequestId"), "inner"),),
        why="A pathway may have several.",
    ),
    Step(
        "disability",
        "IDS007DisabilityType",
        columns={"disability_no": "IDS007DisabilityType.record_no", "disability_code": "DisabCode"},
        keep=("pathway_no", "pathway_id"),
        joins=(Join("referral", ("provider_no", "LocalPatientId"), "inner"),),
        why="The person's, with each of their pathways.",
    ),
    Step(
        "circumstance",
        "IDS011SocPerCircumstances",
        columns={
            "circumstance_no": "IDS011SocPerCircumstances.record_no",
            "circumstance_code": "SocPerCircumstance",
            "recorded_on": "SocPerCircumstanceRecDate",
        },
        keep=("pathway_no", "pathway_id"),
        joins=(Join("referral", ("provider_no", "LocalPatientId"), "inner"),),
        why="Faith, sexual orientation and other circumstances of the person, with each of their pathways.",
    ),
    Step(
        "complaint",
        "IDS603PresentingComplaints",
        columns={"complaint_no": "IDS603PresentingComplaints.record_no", "complained_on": "PresCompDate"},
        keep=("pathway_no", "PresCompCodSig"),
        joins=(Join("referral", ("provider_no", "ServiceRequestId"), "inner"),),
    ),
    Step(
        "complaint_placed",
        "complaint",
        keep=("pathway_no", "validated_complaint"),
        ranks=(
            Rank(
                "place",
                ("pathway_no",),
                (
                    "case when validated_complaint is null then 1 else 0 end",
                    "PresCompCodSig",
                    "complained_on desc",
                    "complaint_no desc",
                ),
            ),
        ),
        why="Filled in first, primary before secondary, the latest, the last record; M203.",
    ),
    Step("problem_of_pathway", "complaint_placed", group_by=("pathway_no",)),
)
