# packages:
import json

from cases import hmac, put, read, same, suite


def event(kind, ident):
    return json.dumps({
        "signature": {"token": "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0", "timestamp": "", "signature": ""},
        "event-data": {"event": kind, "id": ident, "timestamp": 1767225599.873676, "recipient": "alice@example.com", "tags": ["t1"]},
    })


def sign(request, secret, now):
    put(request, {"json": "/signature/timestamp"}, str(now))
    token = read(request, {"json": "/signature/token"})
    put(request, {"json": "/signature/signature"}, hmac("sha256", secret, f"{now}{token}"))


TOKEN = "b8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"


# Inbound mail is a form, with the three fields beside the others.
def inbound(case, expect, at=1767225600, secret="key-3ax6xnjp29jd6fds4gc373sgvjxteol0", more=""):
    signature = hmac("sha256", secret, f"{at}{TOKEN}")
    return {
        "case": case, "expect": expect, "type": "inbound", "id": TOKEN,
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "body": f"recipient=alice%40example.com&subject=Hello{more}&timestamp={at}&token={TOKEN}&signature={signature}",
    }


def changed(pointer, value):
    return lambda request: put(request, {"json": pointer}, value)


def accepts(request, secret, now):
    names = ("timestamp", "token", "signature")
    form = not request.text.startswith("{")
    at, token, signature = (read(request, {"form": name} if form else {"json": f"/signature/{name}"}) for name in names)
    return abs(now - int(at)) <= 300 and same(signature, hmac("sha256", secret, at + token))


suite(
    provider="mailgun",
    by="none: documented scheme, HMAC of signature.timestamp and signature.token in the body",
    config={"secrets": ["key-3ax6xnjp29jd6fds4gc373sgvjxteol0"]},
    bodies=[
        {"name": "valid", "type": "opened", "id": "Ase7i2zsRYeDXztHGENqRA", "body": event("opened", "Ase7i2zsRYeDXztHGENqRA")},
        {"name": "valid-delivered", "type": "delivered", "id": "CPgfbmQMTCKtHW6uIWtuVe", "body": event("delivered", "CPgfbmQMTCKtHW6uIWtuVe")},
    ],
    sign=sign,
    accepts=accepts,
    signature={"json": "/signature/signature"},
    covers=[],  # the event itself is not signed
    timestamped={"tolerance_s": 300},
    forge={
        "tampered-token": changed("/signature/token", "b8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"),
        "tampered-timestamp": changed("/signature/timestamp", "1767225599"),
    },
    extra=[
        inbound("valid-inbound", "accept"),
        {**inbound("valid-older-webhook", "accept", more="&event=opened"), "type": "opened"},
        inbound("inbound-stale", "reject", at=1767225000),
        inbound("inbound-wrong-secret", "reject", secret="key-another"),
    ],
)
