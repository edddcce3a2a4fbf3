# packages:
import json

from cases import hmac, same, suite

SECRET = "HcUvYbQm2tPz0sKx9wRjLg4eNf7aDi5o"


def item(source, name, **data):
    return {"webhookId": "n5Xx1Q", "source": source, "serial": "a7bcdEFghIjklm123456789:4", "timestamp": 1767225600426, "name": name,
            "data": {"channelId": "education-1", "site": "eu-west-1-A", **data}}


message = item("channel.message", "channel.message", messages=[{"id": "vjzxPR-XK3:3:0", "clientId": "alice", "name": "greeting", "data": "Hello"}])
closed = item("channel.lifecycle", "channel.closed")


def sign(request, secret, now):
    request.headers["x-ably-signature"] = hmac("sha256", secret, request.body, "base64")


suite(
    provider="ably",
    by="none: documented scheme, HMAC of the body in base64",
    config={"secrets": [SECRET]},
    headers={"content-type": "application/json", "x-ably-version": "1.2", "x-ably-key": "appID.keyID"},
    bodies=[
        {"name": "valid", "type": "channel.message", "body": json.dumps({"items": [message]})},
        {"name": "valid-batch", "type": "channel.closed", "body": json.dumps({"items": [closed, message]})},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-ably-signature"], hmac("sha256", secret, request.body, "base64")),
    long_body=2000,
)
