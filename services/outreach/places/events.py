"""The fact that a place is known."""

from shared.events import Sealed, event


@event("PlaceRegistered", subject="place_id")
class PlaceRegistered:
    """A place where a team goes. The district is public; the name might give somebody away."""

    place_id: str
    district: str | None = None
    name: Sealed[str | None] = None


PlaceEvent = PlaceRegistered
EVENTS: tuple[type, ...] = (PlaceRegistered,)
