"""Something between a client and a server: it can pass on late, lead elsewhere, and cut what it has."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit


class Between:
    """Passes on what comes to `port`; made for a URI, closed once. What the server answers comes `delay_seconds` late."""

    def __init__(self, uri: str) -> None:
        self.delay_seconds = 0.0
        self.connections = 0
        self._closed = False
        self._sockets: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.lead_to(uri)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def uri(self) -> str:
        return f"redis://127.0.0.1:{self._listening.getsockname()[1]}"

    def lead_to(self, uri: str) -> None:
        """From now on new connections go there."""
        parts = urlsplit(uri)
        self._target = (str(parts.hostname), int(parts.port or 0))

    def cut(self) -> None:
        """Ends every connection that there is."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._sockets.clear()

    def close(self) -> None:
        self._closed = True
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(self._target)
            except OSError:
                client.close()
                continue
            self._sockets += [client, server]
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, late: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if late and self.delay_seconds:
                    time.sleep(self.delay_seconds)
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
