"""A stock client of OAuth 2.0, for oauth.test.mjs: reads what to do from its input, line by line, as JSON.

It asks where to send the operator, is told where the browser came back to, and then uses what it got.
"""

import json
import sys

from authlib.integrations.requests_client import OAuth2Session

asked = json.loads(sys.stdin.readline())
base, redirect_uri = asked["base"], asked["redirect_uri"]
client = OAuth2Session(
    asked["client_id"],
    asked["client_secret"],
    redirect_uri=redirect_uri,
    scope="contacts:read",
    code_challenge_method="S256",
    token_endpoint=f"{base}/oauth/token",
    token_endpoint_auth_method=asked["method"],
    revocation_endpoint_auth_method=asked["method"],
)
verifier = "a" * 64
url, state = client.create_authorization_url(f"{base}/oauth/authorize", code_verifier=verifier)
print(json.dumps({"url": url}), flush=True)

back = json.loads(sys.stdin.readline())["back"]
token = client.fetch_token(
    f"{base}/oauth/token", authorization_response=back, state=state, code_verifier=verifier
)
seen = client.get(f"{base}/v1/contacts")
newer = client.refresh_token(f"{base}/oauth/token", refresh_token=token["refresh_token"])
client.token = newer
again = client.get(f"{base}/v1/contacts")
revoked = client.revoke_token(f"{base}/oauth/revoke", token=newer["refresh_token"])
print(
    json.dumps(
        {
            "scope": token["scope"],
            "seen": seen.status_code,
            "again": again.status_code,
            "rotated": newer["refresh_token"] != token["refresh_token"],
            "revoked": revoked.status_code,
            "access_token": newer["access_token"],
        }
    ),
    flush=True,
)
