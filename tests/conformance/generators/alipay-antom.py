# packages: global-open-sdk-python==1.7.1
import json
from datetime import datetime, timezone
from urllib.parse import urlsplit

from cases import Request, key_pair, suite
from com.alipay.ams.api.tools import signature_tool, webhook_tool
from cryptography.hazmat.primitives import serialization

MINE, ANOTHER = key_pair("rsa"), key_pair("rsa", "another")


def payment(kind, status):
    return json.dumps({
        "notifyType": kind, "result": {"resultCode": "SUCCESS", "resultStatus": status, "resultMessage": "success"}, "paymentRequestId": "2020010123456789XXXX",
        "paymentId": "2020010123456789YYYY", "paymentAmount": {"value": "8000", "currency": "EUR"}, "paymentTime": "2026-01-01T00:00:01+08:00"})


def pkcs1(key):
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def stamped(request, secret, time):
    request.headers["request-time"] = time
    signature = signature_tool.sign(request.method, urlsplit(request.url).path, request.headers["client-id"], time, request.text, pkcs1(secret))
    request.headers["signature"] = f"algorithm=RSA256,keyVersion=1,signature={signature}"


def sign(request, secret, now):
    stamped(request, secret, datetime.fromtimestamp(now, timezone.utc).isoformat().replace("+00:00", "Z"))


def accepts(request, secret, now, config):
    headers = request.headers
    return webhook_tool.check_signature(
        request.method, urlsplit(request.url).path, headers["client-id"], headers["request-time"], request.text, headers["signature"], config["public_key_pem"])


def another_path(request):
    request.url = request.url.replace("/in/", "/out/")


def another_client(request):
    request.headers["client-id"] = "TEST_5X00000000000001"


made = Request("https://hooks.example.com/in/alipay-antom", headers={"content-type": "application/json", "client-id": "TEST_5X00000000000000"}, body=payment("PAYMENT_RESULT", "S"))
stamped(made, MINE.private_key, "1767225600000")
suite(
    provider="alipay-antom",
    by="global-open-sdk-python==1.7.1 webhook_tool.check_signature",
    config={"public_key_pem": MINE.pem},
    other_config={"public_key_pem": ANOTHER.pem},
    keys=[MINE.private_key, ANOTHER.private_key],
    headers={"content-type": "application/json", "client-id": "TEST_5X00000000000000"},
    bodies=[
        {"name": "valid", "type": "PAYMENT_RESULT", "body": payment("PAYMENT_RESULT", "S")},
        {"name": "valid-pending", "type": "PAYMENT_PENDING", "body": payment("PAYMENT_PENDING", "U")},
        {"name": "valid-refund", "type": "REFUND_RESULT", "body": json.dumps({"refundRequestId": "R1", "refundStatus": "SUCCESS", "refundTime": "2026-01-01T00:00:01+08:00"})},
    ],
    sign=sign,
    accepts=accepts,
    signature="signature",
    covers=["body", "method"],
    timestamped={"tolerance_s": 300, "past_s": 93600},
    lenient=["stale-timestamp", "future-timestamp"],  # it never looks at the time
    long_body=800,
    # RSA makes long cases.
    skip=["valid-html", "valid-numbers", "valid-crlf", "valid-pretty-printed", "valid-escaped-unicode", "valid-pending", "tampered-body-emptied", "changed-request-time", "empty-signature", "signature-of-another-body"],
    forge={"another-path": another_path, "another-client": another_client},
    extra=[{"case": "valid-time-in-milliseconds", "expect": "accept", "type": "PAYMENT_RESULT", "headers": made.headers, "body": made.body}],
)
