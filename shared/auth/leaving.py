"""What somebody who leaves still has to hand over, as the services that hold it say."""

from shared.web.asking import ask

HOLDERS = ("case",)
"""The services in which somebody is responsible for something."""


def left_to_hand_over(account_id: str) -> int | None:
    """Return how many cases this account is responsible for; None when that cannot be found out."""
    answers = [ask(f"/{name}/api/v1/handover/left", {"worker_id": account_id}) for name in HOLDERS]
    return None if None in answers else sum(answer["left"] for answer in answers if answer)
