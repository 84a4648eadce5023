"""Webhooks go to no private address that nobody named, and over TLS as before."""

from __future__ import annotations

import shutil
import ssl
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from telemetry.calling.roster import Receiver, Webhook
from telemetry.calling.sinks import DeliveryFailed
from telemetry.calling.targets import networks_of
from telemetry.calling.webhook import WebhookSink
from tests.receivers import LOCAL, Clock, a_certificate, web_receiver


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
def test_a_private_address_is_not_called_unless_its_network_is_named(host: str) -> None:
    with web_receiver() as receiver:
        hook = Webhook(url=f"http://{host}:{receiver.port}/hook")
        known = {"desk": Receiver(name="desk", webhook=hook)}
        elsewhere = networks_of("10.0.0.0/8")
        sink = WebhookSink(receivers=known, clock_ms=Clock(), timeout_s=2.0, allowed=elsewhere)
        with pytest.raises(DeliveryFailed, match="COLDGRID_WEBHOOK_NETWORKS"):
            sink.send("desk", "id", b"{}")
    assert receiver.got == []


class Confirming(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_what_is_looked_at_is_called_over_tls_by_its_certificate(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine: certificates cannot be made")
    certificate = a_certificate(tmp_path)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificate)
    with HTTPServer((LOCAL, 0), Confirming) as server:
        server.socket = theirs.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            _send(server.server_port, ssl.create_default_context(cafile=str(certificate)))
            with pytest.raises(DeliveryFailed, match="certificate does not hold"):
                _send(server.server_port, None)
        finally:
            server.shutdown()
            thread.join(10)


def _send(port: int, ours: ssl.SSLContext | None) -> None:
    known = {"desk": Receiver(name="desk", webhook=Webhook(url=f"https://{LOCAL}:{port}/hook"))}
    here = networks_of("127.0.0.0/8")
    WebhookSink(receivers=known, clock_ms=Clock(), context=ours, allowed=here).send(
        "desk", "id", b"{}"
    )
