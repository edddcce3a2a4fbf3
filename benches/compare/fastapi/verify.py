"""Whether a request is genuine."""

import hashlib
import hmac


def genuine(request, body, secret):
    """Whether `x-hub-signature-256` is the HMAC of the body."""
    right = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(request.headers.get("x-hub-signature-256", ""), right)
