"""Arrow Flight SQL: one of the ways in.

What enters is a client's command, what leaves is Arrow batches and messages of the protocol; between them lies
`proxy.request.Asking`, the same that HTTP uses. Nothing of Flight is known outside this folder, and nothing of a store inside it.

    calls ─ auth, request id, room      server ─ dispatch ─┬─ statements, prepared (parameters) ─ tickets ─ stream
                                                          ├─ metadata (keys, xdbc_types, sql_info)
                                                          └─ sessions, cancel
"""

from proxy.flight.server import FlightServer

__all__ = ["FlightServer"]
