# packages: paymongo-python==0.2.1
import json
import sys

sys.path.pop(0)  # this file's folder, where the package's name is this file's
from cases import hmac, same, suite
from paymongo import Webhook


def event(kind, ident):
    return json.dumps({"data": {"id": ident, "type": "event", "attributes": {
        "type": kind, "livemode": True, "data": {"id": "pay_JQQcHJvg6mdZqsyaENWR7d9e", "type": "payment", "attributes": {"amount": 10000, "description": "Señor", "status": "paid"}},
        "previous_data": {}, "created_at": 1767225600, "updated_at": 1767225600}}})


def sign(request, secret, now):
    mine = hmac("sha256", secret, f"{now}.{request.text}")
    test = "x-test" in request.headers
    request.headers["paymongo-signature"] = f"t={now},te={mine if test else ''},li={'' if test else mine}"


def accepts(request, secret, now):
    fields = dict(part.split("=", 1) for part in request.headers["paymongo-signature"].split(","))
    if fields["te"]:  # the package looks at the live mode's alone
        return same(fields["te"], hmac("sha256", secret, f"{fields['t']}.{request.text}"))
    try:
        return Webhook.construct_event(request.text, request.headers["paymongo-signature"], secret) is not None
    except KeyError as error:  # the signature fits; what comes then asks for a member that events do not have
        return error.args == ("resource",)


suite(
    provider="paymongo",
    by="paymongo-python==0.2.1 Webhook.construct_event",
    config={"secrets": ["whsk_A7b9C1d3E5f7G9h1J3k5L7m9"]},
    bodies=[
        {"name": "valid", "type": "payment.paid", "id": "evt_nJ2ncn1yZxPKtBD9fJJoqBQd", "body": event("payment.paid", "evt_nJ2ncn1yZxPKtBD9fJJoqBQd")},
        {"name": "valid-failed", "type": "payment.failed", "id": "evt_nJ2ncn1yZxPKtBD9fJJoqBQe", "body": event("payment.failed", "evt_nJ2ncn1yZxPKtBD9fJJoqBQe")},
        {"name": "valid-test-mode", "type": "source.chargeable", "id": "evt_nJ2ncn1yZxPKtBD9fJJoqBQf", "headers": {"x-test": "1"}, "body": event("source.chargeable", "evt_nJ2ncn1yZxPKtBD9fJJoqBQf")},
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    lenient=["stale-timestamp", "future-timestamp"],
)
