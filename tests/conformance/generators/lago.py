# packages: PyJWT==2.15.1 cryptography==46.0.3
import base64
import hashlib
import hmac as mac
import json

import jwt
from cases import key_pair, same, suite

ISSUER = "https://api.getlago.com"
HMAC_KEY = "5b2e7d1c-9a4f-4c3e-8b6d-0f1a2b3c4d5e"
mine, another = key_pair("rsa", "mine"), key_pair("rsa", "another")


def event(kind, **more):
    return json.dumps({"webhook_type": kind, "object_type": kind.split(".")[0], **more})


def headers(ident, algorithm="jwt"):
    return {"x-lago-unique-key": ident, "x-lago-signature-algorithm": algorithm}


def token(request, key, **claims):
    return jwt.encode({"data": request.text, "iss": ISSUER, **claims}, key, algorithm="RS256")


def sign(request, key, now):
    request.headers["x-lago-signature"] = token(request, key)


def digest(body, secret=HMAC_KEY):
    return base64.b64encode(mac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def accepts(request, secret, now, config):
    signature = request.headers["x-lago-signature"]
    if request.headers["x-lago-signature-algorithm"] == "hmac":
        return same(signature, digest(request.body, config["secrets"][0]))
    claims = jwt.decode(signature, config["public_key_pem"], algorithms=["RS256"], issuer=ISSUER)
    return request.headers["x-lago-signature-algorithm"] == "jwt" and claims["data"] == request.text


def forged(**claims):
    def change(request):
        request.headers["x-lago-signature"] = token(request, mine.private_key, **claims)
    return change


def unsigned(request):
    request.headers["x-lago-signature"] = jwt.encode({"data": request.text, "iss": ISSUER}, None, algorithm="none")


def other(request):
    request.headers["x-lago-signature-algorithm"] = "hmac"


INVOICE = event("invoice.created", invoice={"lago_id": "5eb02857-a71e-4ea2-bcf9-57d3a41bc6ba", "number": "LAG-Größe"})
CONFIG = {"public_key_pem": mine.pem, "secrets": [HMAC_KEY], "issuer": ISSUER}
JSON = {"content-type": "application/json"}

suite(
    provider="lago",
    by="PyJWT@2.15.1 jwt.decode; the digest by HMAC as the documents say",
    config=CONFIG,
    other_config=CONFIG,
    keys=[mine.private_key, another.private_key],
    bodies=[
        {"name": "valid", "type": "invoice.created", "id": "2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c", "headers": headers("2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c"), "body": INVOICE},
        {"name": "valid-customer", "type": "customer.created", "id": "2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8d", "headers": headers("2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8d"), "body": event("customer.created", customer={"lago_id": "99a6094e"})},
    ],
    sign=sign,
    accepts=accepts,
    signature="x-lago-signature",
    # Each of these holds the body twice; the others say enough.
    skip=["valid-long", "valid-crlf", "valid-html", "valid-numbers", "rotated-second-secret", "tampered-body-truncated", "signature-of-another-body"],
    forge={
        "another-issuer": forged(iss="https://lago.example.com"),
        "data-of-another-body": forged(data="{}"),
        "algorithm-none": unsigned,
        "said-to-be-hmac": other,
    },
    extra=[
        {"case": "valid-hmac", "expect": "accept", "type": "invoice.created", "id": "2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c", "body": INVOICE,
         "headers": {**JSON, **headers("2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c", "hmac"), "x-lago-signature": digest(INVOICE.encode())}},
        {"case": "hmac-of-another-body", "expect": "reject", "body": INVOICE,
         "headers": {**JSON, **headers("2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c", "hmac"), "x-lago-signature": digest(b"{}")}},
        {"case": "hmac-under-another-key", "expect": "reject", "body": INVOICE,
         "headers": {**JSON, **headers("2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c", "hmac"), "x-lago-signature": digest(INVOICE.encode(), "another")}},
        # The public key is no secret, and must not serve as one.
        {"case": "hmac-under-the-public-key", "expect": "reject", "body": INVOICE,
         "headers": {**JSON, **headers("2f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c", "hmac"), "x-lago-signature": digest(INVOICE.encode(), mine.pem)}},
    ],
)
