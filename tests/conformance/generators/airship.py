# packages:
import json

from cases import hmac, same, suite

CONFIG = {"secrets": ["s0me-s3cret-key-of-the-channel"], "confirmation_code": "8a7693f8-dbae-4783-9137-84090fce9045"}
URL = "https://hooks.example.com/in/airship"
TYPE = {"content-type": "application/vnd.urbanairship+json; version=3;"}


def push(*addresses):
    return json.dumps({"values": [
        {"target": {"address": address, "named_user_id": "jane"}, "payload": {"alert": "Your order is on its way", "extra": {"order": "1234"}},
         "send_id": "0f4a4f5e-5a6b-4c7d-8e9f-0a1b2c3d4e5f"}
        for address in addresses]})


def mac(secret, body, now):
    return hmac("sha256", secret, f"{now}:".encode() + body)


def sign(request, secret, now):
    request.headers["x-ua-timestamp"] = str(now)
    request.headers["x-ua-signature"] = mac(secret, request.body, now)


def accepts(request, secret, now):
    if request.method != "POST":
        return False
    time = request.headers["x-ua-timestamp"]
    return abs(now - int(time)) <= 300 and same(request.headers["x-ua-signature"], mac(secret, request.body, time))


suite(
    provider="airship",
    by="none: documented scheme, HMAC of timestamp:body",
    config=CONFIG,
    headers=TYPE,
    url=f"{URL}/push",
    bodies=[
        {"name": "valid", "type": "push", "body": push("+15035556789")},
        {"name": "valid-batch", "type": "push", "body": push("+15035556789", "+15035556790")},
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    long_body=2000,
    extra=[
        {"case": "validate", "expect": "handshake", "expect_status": 200, "expect_reply": '{"confirmation_code":"8a7693f8-dbae-4783-9137-84090fce9045"}',
         "method": "GET", "url": f"{URL}/validate", "headers": {}, "sign": True},
        {"case": "validate-unsigned", "expect": "reject", "method": "GET", "url": f"{URL}/validate", "headers": {}},
        {"case": "get-elsewhere", "expect": "reject", "method": "GET", "url": f"{URL}/push", "headers": {}, "sign": True},
    ],
)
