# packages:
import json

from cases import hmac, same, suite

SECRET = "56E529FE6C63D60E545F84686096E6AA01D5E18A119F18A130F7CFB3983104216979E95D84C91BDD382AA0875264A63940A2D0AA5548F6023B4C78A9D52C18DA"


def event(ident, kind):
    return json.dumps({
        "notificationId": ident, "eventType": kind, "eventDate": "2026-01-01T00:00:00.6415733Z", "webhookId": "63d6fea2-aa13-4b1d-a204-f5fbc15942b7",
        "payload": {"responseCode": 1, "authCode": "LZ6I19", "authAmount": 45.25, "entityName": "transaction", "id": "60020981676"}})


def mac(secret, body):
    return hmac("sha512", bytes.fromhex(secret), body).upper()


def sign(request, secret, now):
    request.headers["x-anet-signature"] = "sha512=" + mac(secret, request.body)


ID = "d0e8e7fe-c3e7-4add-a480-27bc5ce28a18"
BODY = event(ID, "net.authorize.payment.void.created")

suite(
    provider="authorize-net",
    by="none: documented scheme, HMAC-SHA512 of the body, key in hex",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "net.authorize.payment.authcapture.created", "id": ID, "body": event(ID, "net.authorize.payment.authcapture.created")},
        {"name": "valid-customer", "type": "net.authorize.customer.created", "id": ID, "body": event(ID, "net.authorize.customer.created")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-anet-signature"].lower(), "sha512=" + mac(secret, request.body).lower()),
    long_body=2000,
    extra=[{"case": "valid-lower-case-digits", "expect": "accept", "type": "net.authorize.payment.void.created", "id": ID, "body": BODY,
            "headers": {"content-type": "application/json", "x-anet-signature": "sha512=" + mac(SECRET, BODY).lower()}}],
)
