"""A mail server with TLS and AUTH for the tests, on aiosmtpd.

Usage: tls_server.py MODE CERTIFICATE KEY, where MODE is starttls or implicit.
Prints the port, then a JSON line for each message and each login.

MODE inject is no aiosmtpd: it stands for somebody in between, who appends
replies in clear to the answer to STARTTLS, and then lets TLS begin.
"""

import asyncio
import json
import socket
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"office", b"correct horse"


def tell(**facts):
    print(json.dumps(facts), flush=True)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        tell(
            event="message",
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            tls=server.transport.get_extra_info("ssl_object") is not None,
            authenticated=bool(session.authenticated),
            size=len(envelope.content),
        )
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (USER, PASSWORD)
    tell(event="login", mechanism=mechanism, right=is_right)
    # Not handled: aiosmtpd itself is to answer a wrong password.
    return AuthResult(success=is_right, handled=False)


async def main(mode, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def server():
        return SMTP(
            Handler(),
            tls_context=context if mode == "starttls" else None,
            authenticator=authenticate,
            auth_required=True,
            auth_require_tls=mode == "starttls",
            enable_SMTPUTF8=True,
        )

    listening = await asyncio.get_running_loop().create_server(
        server, "127.0.0.1", 0, ssl=context if mode == "implicit" else None
    )
    tell(port=listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


def inject(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = socket.create_server(("127.0.0.1", 0))
    tell(port=listening.getsockname()[1])
    while True:
        client, _ = listening.accept()
        try:
            client.sendall(b"220 in between\r\n")
            client.recv(1000)
            client.sendall(b"250-in between\r\n250 STARTTLS\r\n")
            client.recv(1000)
            client.sendall(b"220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n")
            with context.wrap_socket(client, server_side=True) as encrypted:
                while line := encrypted.recv(1000):
                    tell(event="under TLS", line=line.decode())
        except OSError:
            client.close()


if sys.argv[1] == "inject":
    inject(*sys.argv[2:])
else:
    asyncio.run(main(*sys.argv[1:]))
