# packages: cryptography==45.0.7
import base64
import datetime
import json
import zlib

from cases import key_pair, suite
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

CERT_URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"
URL_HEADER, ID, TIME, SIGNATURE = (f"paypal-{name}" for name in ("cert-url", "transmission-id", "transmission-time", "transmission-sig"))
mine, another = key_pair("rsa"), key_pair("rsa", "another")


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1).public_key(key.public_key)
    builder = builder.not_valid_before(datetime.datetime(2025, 1, 1)).not_valid_after(datetime.datetime(2049, 1, 1))
    return builder.sign(key.private_key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def content(request, config):
    return "|".join([request.headers[ID], request.headers[TIME], config["webhook_id"], str(zlib.crc32(request.body))]).encode()


def sign(request, key, now, config):
    request.headers[TIME] = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    request.headers[SIGNATURE] = base64.b64encode(key.sign(content(request, config), padding.PKCS1v15(), hashes.SHA256())).decode()


def accepts(request, key, now, config):
    if request.headers[URL_HEADER] != config["signing_cert_url"]:
        return False
    at = datetime.datetime.fromisoformat(request.headers[TIME].replace("Z", "+00:00")).timestamp()
    signer = x509.load_pem_x509_certificate(config["signing_cert_pem"].encode()).public_key()
    signature = base64.b64decode(request.headers[SIGNATURE], validate=True)
    signer.verify(signature, content(request, config), padding.PKCS1v15(), hashes.SHA256())
    return -345600 <= at - now <= 300


def event(kind, ident, resource, **more):
    return json.dumps({
        "id": ident, "event_version": "1.0", "create_time": "2026-01-01T00:00:00Z", "resource_type": kind.split(".")[1].lower(),
        "event_type": kind, "summary": f"About {resource}", "resource": {"id": resource, **more},
    }, separators=(",", ":"))


def cert_url(url):
    return lambda request: request.headers.update({URL_HEADER: url})


def signed_for(webhook_id):
    return lambda request: sign(request, mine.private_key, 1767225600, {"webhook_id": webhook_id})


config = {"signing_cert_pem": certificate(mine), "signing_cert_url": CERT_URL, "webhook_id": "WH-CFG-1"}
sale = event("PAYMENT.SALE.COMPLETED", "WH-2WR32451HC0233532-67976317FL4543714", "80021663DE681814L")
simulated = {"body": sale, "type": "PAYMENT.SALE.COMPLETED", "id": "WH-2WR32451HC0233532-67976317FL4543714", "sign": True, "expect": "accept"}

suite(
    provider="paypal",
    by="none: documented scheme, RSA-SHA256 over transmission id, time, webhook id and the body's CRC-32",
    config=config,
    keys=[mine.private_key, another.private_key],
    headers={"content-type": "application/json", ID: "69cd13f0-d67a-11e5-baa3-778b53f4ae55", "paypal-auth-algo": "SHA256withRSA", URL_HEADER: CERT_URL},
    bodies=[
        {"name": "valid", "type": "PAYMENT.SALE.COMPLETED", "id": "WH-2WR32451HC0233532-67976317FL4543714", "body": sale},
        {"name": "valid-subscription", "type": "BILLING.SUBSCRIPTION.CANCELLED", "id": "WH-58D329510W468432D-8HN650336L201105X", "body": event("BILLING.SUBSCRIPTION.CANCELLED", "WH-58D329510W468432D-8HN650336L201105X", "I-BW452GLLEP1G", status="CANCELLED")},
    ],
    long_body=1000,
    sign=sign,
    accepts=accepts,
    signature=SIGNATURE,
    timestamped={"tolerance_s": 300, "past_s": 345600},
    forge={
        "other-webhook-id": signed_for("WH-CFG-2"),
        "webhook-id-of-the-simulator": signed_for("WEBHOOK_ID"),
        "changed-transmission-id": lambda request: request.headers.update({ID: "79cd13f0-d67a-11e5-baa3-778b53f4ae55"}),
        "missing-transmission-id": lambda request: request.headers.pop(ID) and None,
        "time-not-a-time": lambda request: request.headers.update({TIME: "soon"}),
        "cert-url-attacker-host": cert_url("https://api.paypal.com.evil.example/c.pem"),
        "cert-url-userinfo": cert_url("https://api.paypal.com@evil.example/c.pem"),
        "cert-url-http": cert_url(CERT_URL.replace("https", "http")),
        "cert-url-missing": lambda request: request.headers.pop(URL_HEADER) and None,
    },
    extra=[{**simulated, "case": "valid-simulated", "config": {**config, "webhook_id": "WEBHOOK_ID"}}],
)
