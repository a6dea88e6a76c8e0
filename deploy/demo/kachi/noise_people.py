"""People who come along and never count: companions, children, volunteers, guests, teachers."""

from deploy.demo.kachi.cast import Cast
from deploy.demo.staff import FAMILY_TEAM, FAMILY_WORKERS

ALONG = (
    ("companion", 3),
    ("child", 3),
    ("volunteer", 3),
    ("guest", 2),
    ("collateral", 2),
)


def add_people_along(cast: Cast) -> None:
    """Make them known; each is registered when first needed."""
    for role, count in ALONG:
        for number in range(count):
            cast.world.person(f"{role} {number}", role, FAMILY_TEAM, FAMILY_WORKERS[number % 4])
