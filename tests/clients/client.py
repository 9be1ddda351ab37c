"""Asks a test endpoint as a Python client does, and prints what comes of it.

client.py PORT SERVER_NAME ROOT MINIMUM MAXIMUM, where ROOT is `-` for a client that knows
no root of ours, and versions are written as TLSv1_2.
"""

import http.client
import socket
import ssl
import sys
import warnings

warnings.simplefilter("ignore")
port, name, root, minimum, maximum = sys.argv[1:]
context = ssl.create_default_context(cafile=None if root == "-" else root)
context.set_ciphers("ALL:@SECLEVEL=0")
context.minimum_version = ssl.TLSVersion[minimum]
context.maximum_version = ssl.TLSVersion[maximum]
try:
    plain = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
    with context.wrap_socket(plain, server_hostname=name) as protected:
        protected.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        answer = http.client.HTTPResponse(protected)
        answer.begin()
        print(answer.status, answer.read().decode())
except OSError as failure:
    print(type(failure).__name__, failure)
    sys.exit(1)
