# packages:
import json

from cases import hmac, same, suite

FORM = {"content-type": "application/x-www-form-urlencoded"}


def checkout(kind):
    return (f"checkout_token=5I97HK0EREM38YHK3&created=2026-01-01T00%3A00%3A00.601851&email_address=Jeff.Testerson%40affirm.com&event={kind}"
            "&order_id=JKLM4321&total=50000")


def mac(secret, body, now):
    return hmac("sha512", secret, f"{now}.".encode() + body)


def sign(request, secret, now):
    request.headers["x-affirm-signature"] = f"t={now},v0={mac(secret, request.body, now)}"


def accepts(request, secret, now):
    fields = dict(pair.split("=", 1) for pair in request.headers["x-affirm-signature"].split(","))
    return abs(now - int(fields["t"])) <= 300 and same(fields["v0"], mac(secret, request.body, fields["t"]))


prequal = json.dumps({"event": "prequal_decision", "created": "2026-01-01T00:00:00.601851", "decision": "approved", "approved_amount": 50000,
                      "email_address": "Jeff.Testerson@affirm.com"})

suite(
    provider="affirm",
    by="none: documented scheme, HMAC-SHA512 of t.body",
    config={"secrets": ["3Fq8rT2vXz9LmN4pQ7sW1yB6dGhJ0kCe"]},
    headers=FORM,
    bodies=[
        {"name": "valid", "type": "opened", "body": checkout("opened")},
        {"name": "valid-confirmed", "type": "confirmed", "body": checkout("confirmed")},
        {"name": "valid-json", "type": "prequal_decision", "headers": {"content-type": "application/json"}, "body": prequal},
    ],
    sign=sign,
    accepts=accepts,
    odd_bodies="form",
    timestamped={"tolerance_s": 300},
)
