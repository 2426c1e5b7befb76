"""A Flight server that answers every query with the same row, in a process of its own: what Flight itself costs in Python.

python -m benchmarks.canned HOST:PORT
"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.flight as flight

ROW = pa.record_batch({"id": pa.array([7], pa.int64()), "name": pa.array(["kettle"])})


class Canned(flight.FlightServerBase):  # type: ignore[misc]
    def get_flight_info(self, context: flight.ServerCallContext, descriptor: flight.FlightDescriptor) -> flight.FlightInfo:
        return flight.FlightInfo(ROW.schema, descriptor, [flight.FlightEndpoint(b"row", [])], -1, -1)

    def do_get(self, context: flight.ServerCallContext, ticket: flight.Ticket) -> flight.GeneratorStream:
        return flight.GeneratorStream(ROW.schema, iter([ROW]))


if __name__ == "__main__":
    Canned(f"grpc://{sys.argv[1]}").serve()
