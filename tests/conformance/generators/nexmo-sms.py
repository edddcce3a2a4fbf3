# packages: vonage-http-client==1.5.2
import json
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from cases import put, suite
from vonage_http_client.auth import Auth

URL = "https://hooks.example.com/in/nexmo-sms"
INBOUND = {"msisdn": "447700900001", "to": "447700900000", "messageId": "0A0000000123ABCD1", "text": "Tea & cake = 2 €", "type": "text",
           "keyword": "TEA", "api-key": "abcd1234", "message-timestamp": "2026-01-01 00:00:00", "nonce": "ec11dd3e-1e7f-4db5-9467-82b02cd223b9"}
RECEIPT = {"msisdn": "447700900000", "to": "AcmeInc", "messageId": "0A1234567890ABCD", "price": "0.03330000", "status": "delivered",
           "err-code": "0", "nonce": "ec11dd3e-1e7f-4db5-9467-82b02cd223ba"}


def form(fields):
    return lambda now: urlencode({**fields, "timestamp": now, "sig": ""})


def auth(secret):
    return Auth(api_key="abcd1234", signature_secret=secret, signature_method="sha256")


def is_json(request):
    return request.text.startswith("{")


def place(request):
    return {"query": "sig"} if request.method == "GET" else {"json": "/sig"} if is_json(request) else {"form": "sig"}


def fields(request):
    if is_json(request):
        return request.json
    text = urlsplit(request.url).query if request.method == "GET" else request.text
    return dict(parse_qsl(text, keep_blank_values=True))


def sign(request, secret, now):
    params = {name: value for name, value in fields(request).items() if name != "sig"}
    put(request, place(request), auth(secret).sign_params(params).upper())


def accepts(request, secret, now):
    params = fields(request)
    return abs(now - int(params["timestamp"])) <= 300 and auth(secret).check_signature(params)


def without_timestamp(request):
    put(request, {"form": "timestamp"}, None)
    sign(request, SECRET, 0)


SECRET = "NnQq2mXv9Ln4Rt6Wp1ZsKd8Yf3Gh5Jb7Cx0"
suite(
    provider="nexmo-sms",
    by="vonage-http-client==1.5.2 Auth.sign_params, Auth.check_signature",
    config={"secrets": [SECRET]},
    headers={"content-type": "application/x-www-form-urlencoded"},
    bodies=[
        {"name": "valid", "type": "inbound", "id": "0A0000000123ABCD1", "body": form(INBOUND)},
        {"name": "valid-receipt", "type": "receipt.delivered", "id": "0A1234567890ABCD:delivered", "body": form(RECEIPT)},
        {"name": "valid-json", "type": "inbound", "id": "0A0000000123ABCD1", "headers": {"content-type": "application/json"},
         "body": lambda now: json.dumps({**INBOUND, "timestamp": str(now), "sig": ""})},
        {"name": "valid-get", "type": "receipt.delivered", "id": "0A1234567890ABCD:delivered", "method": "GET", "body": "",
         "url": f"{URL}?{urlencode({**RECEIPT, 'timestamp': 1767225600, 'sig': ''}, quote_via=quote_plus)}"},
    ],
    sign=sign,
    accepts=accepts,
    signature={"form": "sig"},
    odd_bodies="form",
    long_body=1500,
    timestamped={"tolerance_s": 300},
    forge={"without-timestamp": without_timestamp},
)
