"""Apps for tests: the routes of a service are compiled once in a process, which takes longer than most tests."""

from copy import copy
from types import ModuleType

from flask import Flask

from shared.service import Service

_made: dict[str, Flask] = {}


def app_of(module: ModuleType, service: Service) -> Flask:
    """The app that the composition root `module` makes, answering for `service`."""
    if module.NAME not in _made:
        _made[module.NAME] = module.create_app(service)
    app = copy(_made[module.NAME])
    app.config, app.extensions = copy(app.config), {**app.extensions, "caseledger": service}
    return app
