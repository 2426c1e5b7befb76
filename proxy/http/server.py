"""The application under uvicorn, on a thread, on a socket that is bound before anything is promised."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import uvicorn

from planner.errors import RequestInvalid


class HttpServer:
    """Takes connections from its making on and answers them from `start` on, until `stop`.

    Port 0 lets the system choose; `port` is the real one. With `certificate` and `key`, paths of PEM files, TLS is on. Raises
    RequestInvalid where the address or the files cannot be used.
    """

    def __init__(self, app: Any, host: str, port: int, certificate: Path | None = None, key: Path | None = None) -> None:
        config = uvicorn.Config(
            app,
            http="httptools",
            loop="asyncio",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        try:
            config.load()
        except OSError as error:
            raise RequestInvalid(f"The certificate or its key cannot be used ({type(error).__name__}).", field="tls") from None
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="foz-http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Takes no more requests, gives those in flight a few seconds, and waits for the thread. May be called twice."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=15)
        self._socket.close()


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(place)
            listening.listen(2048)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise RequestInvalid(f"Cannot listen on {host}:{port} ({error.strerror}).", field="address") from None
    return listening
