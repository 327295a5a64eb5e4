"""Configuration and tokens."""

import json
import os
import tempfile

import aepp
from aepp import config
from world import has


def files(judge, world):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "config.json")
        judge.check(
            "configs.createConfigFile",
            lambda: aepp.createConfigFile(path),
            lambda _: "scopes" in json.load(open(path)) and json.load(open(path))["sandbox-name"] == "prod",
        )
        with open(path, "w") as file:
            json.dump(world.platform.config_file(), file)
        judge.check(
            "configs.importConfigFile",
            lambda: aepp.importConfigFile(path),
            lambda _: config.config_object["org_id"] == world.platform.variables["AEP_ORG_ID"],
        )
    # The file leads to Adobe's addresses again.
    judge.check("configs.configure", world.platform.configure, lambda made: made.sandbox == "prod")


def requests(judge, world):
    connection = world.connection
    judge.check(
        "ConnectObject.getConfigObject",
        connection.getConfigObject,
        lambda made: has(made, client_id=world.platform.variables["AEP_CLIENT_ID"], sandbox="prod"),
    )
    judge.check("ConnectObject.getConfigHeader", connection.getConfigHeader, lambda made: made["x-sandbox-name"] == "prod")
    judge.check("ConnectObject.setSandbox", lambda: connection.setSandbox("prod"), lambda made: has(made, sandbox="prod"))
    connector = world.schemas.connector
    judge.check(
        "AdobeRequest.get_oauth_token_and_expiry_for_config",
        lambda: connector.get_oauth_token_and_expiry_for_config(connector.config),
        lambda made: made.token == connector.token and made.expiry > 80_000,
    )
    base = world.schemas.endpoint
    judge.check(
        "AdobeRequest.getData",
        lambda: connector.getData(f"{base}/tenant/schemas/nothing", headers={**connector.header}),
        lambda error: isinstance(error, dict) and "status" in error,
    )
    judge.check(
        "AdobeRequest.updateSandbox",
        lambda: connector.updateSandbox("prod"),
        lambda _: connector.header["x-sandbox-name"] == "prod",
    )
    judge.check("AdobeRequest.setRetry", lambda: connector.setRetry(0), lambda _: connector.retry == 0)
    # With a token that is none, the gateway's refusal comes back as it is.
    wrong = {**connector.header}
    token, connector.token = connector.token, "wrong"
    judge.check(
        "AdobeRequest.getData",
        lambda: connector.getData(f"{base}/stats", headers=wrong),
        lambda error: error["error_code"] == "401013",
    )
    connector.token = token
