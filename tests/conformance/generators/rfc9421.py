# packages: http-message-signatures==3.0.0 cryptography==45.0.7 freezegun==1.5.5
import datetime
import warnings

from cases import key_pair, suite
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

COVERS = ("@method", "@target-uri", "content-digest")


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, private, public):
        self.private, self.public = private, public

    def resolve_public_key(self, key_id):
        return self.public

    def resolve_private_key(self, key_id):
        return self.private


def keyed(secret, config):
    """The algorithm and the keys that a case's configuration asks for."""
    if "public_key_pem" in config:
        return {"signature_algorithm": algorithms.ED25519, "key_resolver": Keys(MINE.private_key, MINE.pem.encode())}
    return {"signature_algorithm": algorithms.HMAC_SHA256, "key_resolver": Keys(secret.encode(), secret.encode())}


class Message:
    def __init__(self, request):
        self.method, self.url, self.headers = request.method, request.url, request.headers


def event(kind, ident):
    return f'{{"type":"{kind}","event_id":"{ident}","timestamp":"2026-01-01T00:00:00Z","data":{{"order_id":"12345","total":"19.90","note":"Größe"}}}}'


def signed(request, secret, now, config=None, covers=COVERS, **more):
    signer = HTTPMessageSigner(**keyed(secret, config or {}))
    created = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    signer.sign(Message(request), key_id="acme-1", created=created, label="sig1", covered_component_ids=covers, body=request.body, **more)
    request.headers = {name.lower(): value for name, value in request.headers.items()}


def sign(request, secret, now, config):
    signed(request, secret, now, config)


def accepts(request, secret, now, config):
    verifier = HTTPMessageVerifier(**keyed(secret, config))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return bool(verifier.verify(Message(request), max_age=datetime.timedelta(seconds=300), require_components=COVERS, body=request.body))


def resigned(**how):
    def forge(request):
        for name in ("signature", "signature-input", "content-digest"):
            request.headers.pop(name, None)
        signed(request, SECRET, 1767225600, **how)
    return forge


def relabelled(request):
    request.headers["signature"] = request.headers["signature"].replace("sig1", "sig2")


def method_dropped(request):
    request.headers["signature-input"] = request.headers["signature-input"].replace('"@method" ', "")


MINE = key_pair("ed25519")
SECRET = "Zk3nQ8wLrT5vNcXy2mHbJd7GpSfA4eUi"
suite(
    provider="rfc9421",
    by="http-message-signatures==3.0.0 HTTPMessageSigner.sign, HTTPMessageVerifier.verify",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "order.created", "id": "5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10", "body": event("order.created", "5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10")},
        {"name": "valid-paid", "type": "order.paid", "id": "5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e11", "body": event("order.paid", "5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e11")},
    ],
    long_body=1000,
    sign=sign,
    accepts=accepts,
    signature="signature",
    covers=["body", "url", "method"],
    timestamped={"tolerance_s": 300},
    forge={
        "without-method": resigned(covers=("@target-uri", "content-digest")),
        "expired": resigned(expires=datetime.datetime.fromtimestamp(1767225600 - 60, datetime.timezone.utc)),
        "another-label": relabelled,
        "component-dropped": method_dropped,
    },
    extra=[
        {"case": "valid-ed25519", "expect": "accept", "sign": True, "type": "order.created", "id": "5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e12",
         "body": event("order.created", "5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e12"),
         "config": {"public_key_pem": MINE.pem, "override": {"verify": {"rfc9421": {"algorithm": "ed25519"}}}}},
    ],
)
