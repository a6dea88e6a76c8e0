"""One address for the four services: hands each request to the process of the service that its path names.

What nginx does in `docker-compose.yml`, for machines that have none: Werkzeug's proxy under gunicorn.
`python -m deploy.stack.front case=8001 groups=8002 ...` listens at the address that the settings name.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.middleware.http_proxy import ProxyMiddleware

from shared.settings import load_settings
from shared.web.server import Server

# Longer than any request may take, so that the service is the one to give up.
_SECONDS = 150


class Front:
    """The WSGI application; the first part of the path names the service, reporting owns the rest."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._proxy = ProxyMiddleware(NotFound(), {}, timeout=_SECONDS)
        # The services must see the address that people typed, or they would take their own pages for foreign ones.
        self._targets: dict[str, dict[str, Any]] = {
            name: {"target": f"http://127.0.0.1:{port}", "host": None, "headers": {}, "remove_prefix": False}
            for name, port in ports.items()
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        target = self._targets.get(path.lstrip("/").split("/", 1)[0], self._targets["reporting"])
        return self._proxy.proxy_to(target, path, "/")(environ, start_response)


def main() -> None:
    """Serve until told to stop."""
    ports = {name: int(port) for name, _, port in (each.partition("=") for each in sys.argv[1:])}
    sys.argv[1:] = []
    Server(load_settings(), lambda: Front(ports), stop=lambda: None).run()


if __name__ == "__main__":
    main()
