# packages: multisafepay==3.1.0
import sys
from base64 import b64encode

from cases import hmac, suite

sys.path.pop(0)  # this folder, whose multisafepay.py is not the package
from multisafepay.util.webhook import Webhook

BODY = '{"amount":1000,"amount_refunded":0,"costs":[],"created":"2026-01-01T00:00:00","currency":"EUR","customer":{"email":"jon@example.com","locale":"en_US"},"description":"Order 42","financial_status":"completed","modified":"2026-01-01T00:00:05","order_id":"order-42","payment_details":{"type":"IDEAL"},"status":"completed","transaction_id":4051823}'


def sign(request, secret, now):
    request.headers["auth"] = b64encode(f"{now}:{hmac('sha512', secret, f'{now}:{request.text}')}".encode()).decode()


suite(
    provider="multisafepay",
    by="multisafepay@3.1.0 Webhook.validate",
    config={"secrets": ["a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"]},
    bodies=[
        {"name": "valid", "type": "order.completed", "body": BODY},
        {"name": "valid-utf8", "type": "order.completed", "body": BODY.replace("Order 42", "Größe 42 für Zoë")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: Webhook.validate(request.text, request.headers["auth"], secret),
    signature="auth",
    timestamped={"tolerance_s": 600},
    # The package writes the JSON anew, without blanks, as MultiSafepay sends it.
    odd_bodies=False,
    lenient=["tampered-body-trailing-newline", "future-timestamp"],
)
