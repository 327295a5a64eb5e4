"""The local platform: the emulator's process, and aepp configured to talk to it."""

import json
import subprocess
import urllib.request

import aepp
from aepp import config

SCOPES = "openid,session,AdobeID,read_organizations,additional_info.projectedProductContext"


class LocalPlatform:
    """An emulator that runs as long as the `with` block."""

    def __init__(self, binary):
        self.binary = binary
        self.process = None
        self.variables = {}

    def __enter__(self):
        self.process = subprocess.Popen([self.binary, "--json"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"error: {self.binary} printed no variables and ended with {self.process.wait()}")
        self.variables = json.loads(line)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    @property
    def url(self):
        return self.variables["AEP_BASE_URL"]

    def configure(self):
        """Signs aepp in. It knows Adobe's addresses only, so these are replaced; a failure is not tried again."""
        connection = aepp.configure(
            org_id=self.variables["AEP_ORG_ID"],
            client_id=self.variables["AEP_CLIENT_ID"],
            secret=self.variables["AEP_CLIENT_SECRET"],
            scopes=SCOPES,
            sandbox="prod",
            retry=0,
            connectInstance=True,
        )
        self.redirect()
        return connection

    def redirect(self):
        """Puts the emulator in the place of the gateway, the identity service and the collection host."""
        config.endpoints["global"] = self.url
        config.endpoints["streaming"] = {"inlet": self.url, "collection": self.url}
        config.config_object["imsEndpoint"] = self.variables["AEP_IMS_URL"]
        config.config_object["oauthTokenEndpointV2"] = self.variables["AEP_IMS_URL"] + "/ims/token/v3"

    def config_file(self):
        """What people have on disk for aepp."""
        return {
            "org_id": self.variables["AEP_ORG_ID"],
            "client_id": self.variables["AEP_CLIENT_ID"],
            "secret": self.variables["AEP_CLIENT_SECRET"],
            "sandbox-name": "prod",
            "environment": "prod",
            "scopes": SCOPES,
        }

    def advance(self, seconds):
        """Moves the emulator's clock, so that nobody has to wait for a run or a batch."""
        self.control("POST", "clock", {"advanceSeconds": seconds})

    def requests(self):
        """Every request so far, as the emulator has logged it."""
        return self.control("GET", "requests")

    def control(self, method, name, body=None):
        """Calls the emulator itself."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/__emulator/{name}", data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None
