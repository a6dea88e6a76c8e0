"""Three years of an agency, in which all happens that happens: every table says again what it says."""

from shared.rebuild import rebuild, verify
from tests.api_client import House


def test_every_service_of_the_demo_is_rebuilt_the_same_and_verified(own_demo: House) -> None:
    services = list(own_demo.suite.services.values())
    for service in services:
        rebuilt = rebuild(service, own_demo.suite.bus)
        assert rebuilt.differences == ()
        assert rebuilt.learnt > 1000 or service.name == "case"
    assert list(verify(services, own_demo.suite.bus)) == []
