"""Tells 家持II from its contract to what became of it."""

from datetime import date

from deploy.demo.documents import document
from deploy.demo.kachi.casework import add_casework
from deploy.demo.kachi.cast import make_cast
from deploy.demo.kachi.groups import add_groups, end_groups
from deploy.demo.kachi.identities import add_identities
from deploy.demo.kachi.noise_casework import add_aftercare, add_casework_noise
from deploy.demo.kachi.noise_groups import add_group_noise
from deploy.demo.kachi.noise_outreach import add_outreach_noise
from deploy.demo.kachi.noise_people import add_people_along
from deploy.demo.kachi.outcomes import add_outcomes
from deploy.demo.kachi.outreach import add_outreach
from deploy.demo.kachi.sector import add_practitioners, add_sector
from deploy.demo.kachi.support import add_support
from deploy.demo.steps import Order, Plan

REGISTERED = date(2018, 5, 2)


def tell(plan: Plan) -> None:
    """Add the whole of 家持II to the plan. The order matters only for who gets which free hour."""
    for name in ("kachi-2", "family-bridge"):
        plan.add(
            REGISTERED,
            Order.CONTRACT,
            "admin",
            "/reporting/api/v1/contracts",
            {"document": document(name)},
            resource=f"contract:{name}",
            known_elsewhere=True,
        )
    cast = make_cast(plan)
    add_people_along(cast)
    add_practitioners(cast)
    add_sector(cast)
    groups = add_groups(cast)
    add_outreach(cast)
    add_casework(cast)
    add_support(cast)
    add_group_noise(cast, groups)
    end_groups(cast)
    add_outreach_noise(cast)
    add_casework_noise(cast)
    add_outcomes(cast)
    add_identities(cast)
    add_aftercare(cast)
    cast.world.register_people()
