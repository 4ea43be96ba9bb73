"""Every instrument of the national list, in its order, and the two that services meet beside it."""

from allcomers.instruments.catalogue.biq import BIQ
from allcomers.instruments.catalogue.bpi import BPI
from allcomers.instruments.catalogue.chalder_fatigue import CFQ
from allcomers.instruments.catalogue.copd_assessment import CAT
from allcomers.instruments.catalogue.core10 import CORE10
from allcomers.instruments.catalogue.diabetes_distress import DDS
from allcomers.instruments.catalogue.gad7 import GAD7
from allcomers.instruments.catalogue.hai import HAI
from allcomers.instruments.catalogue.ibs_sss import IBSSSS
from allcomers.instruments.catalogue.iesr import IESR
from allcomers.instruments.catalogue.mobility_inventory import MI_ACCOMPANIED, MI_ALONE
from allcomers.instruments.catalogue.oci import OCI
from allcomers.instruments.catalogue.patient_experience import PATIENT_EXPERIENCE
from allcomers.instruments.catalogue.pcl5 import PCL5
from allcomers.instruments.catalogue.pdss import PDSS
from allcomers.instruments.catalogue.phobia_scale import PHOBIA_SCALE
from allcomers.instruments.catalogue.phq9 import PHQ9, PHQ9_ITEM_9
from allcomers.instruments.catalogue.phq15 import PHQ15
from allcomers.instruments.catalogue.productivity_cost import PRODUCTIVITY_COST
from allcomers.instruments.catalogue.pswq import PSWQ
from allcomers.instruments.catalogue.spin import SPIN
from allcomers.instruments.catalogue.wsas import WSAS

INSTRUMENTS = (
    PHQ9,
    PHQ9_ITEM_9,
    GAD7,
    MI_ALONE,
    MI_ACCOMPANIED,
    SPIN,
    PDSS,
    OCI,
    PCL5,
    IESR,
    HAI,
    BIQ,
    CFQ,
    IBSSSS,
    PHQ15,
    PSWQ,
    *WSAS,
    *PHOBIA_SCALE,
    BPI,
    CAT,
    DDS,
    *PRODUCTIVITY_COST,
    *PATIENT_EXPERIENCE,
    CORE10,
)
