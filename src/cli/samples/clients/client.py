import http.client
import ssl
import sys

host, port, path, version = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
context = ssl.create_default_context()
if version != "any":
    newest = getattr(ssl.TLSVersion, "TLSv" + version.replace(".", "_"))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = min(newest, ssl.TLSVersion.TLSv1)
    context.maximum_version = newest
try:
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    print(answer.status, answer.read(4096).decode("utf-8", "replace"))
except Exception as failure:
    print(f"{type(failure).__name__}: {failure}", file=sys.stderr)
    sys.exit(1)
