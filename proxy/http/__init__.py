"""The HTTP way in: requests become `proxy.request.Request`s, answers become JSON, NDJSON, CSV or an Arrow stream.

`create_app(services, settings)` makes the application from what it may use (`Services`); a server such as uvicorn runs it.
Nothing about SQL or stores is decided here, and nothing about HTTP is known outside. One file a resource: `sql`, `data`,
`queries`, `sources`, `health`.
"""

from proxy.http.app import create_app
from proxy.http.services import HttpSettings, Services, SourceCatalogue

__all__ = ["HttpSettings", "Services", "SourceCatalogue", "create_app"]
