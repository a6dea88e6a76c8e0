"""How an operation says that it cannot be done."""


class Refused(Exception):
    """Nothing was changed; the message tells an operator why, and what to do instead."""
