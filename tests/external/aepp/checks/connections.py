"""Flow Service: specifications of connections, base, source and target connections."""

from world import BASE, DATA_LAKE, SALESFORCE, UNKNOWN, has, refused


def specs(judge, world):
    api = world.flows
    judge.check(
        "FlowService.getConnectionSpecs",
        api.getConnectionSpecs,
        lambda found: {SALESFORCE, DATA_LAKE} <= {one["id"] for one in found},
    )
    judge.check("FlowService.getConnectionSpecsMap", api.getConnectionSpecsMap, lambda found: found["Salesforce"] == SALESFORCE)
    judge.check(
        "FlowService.getConnectionSpec",
        lambda: api.getConnectionSpec(SALESFORCE),
        lambda found: has(found["items"][0], id=SALESFORCE),
    )
    judge.check(
        "FlowService.getConnectionSpecIdFromName",
        lambda: api.getConnectionSpecIdFromName("Salesforce"),
        lambda found: found == SALESFORCE,
    )


def base_connections(judge, world):
    api = world.flows
    params = {"username": "ada@acme.example", "password": "s3cr3t", "securityToken": "t0k3n"}
    auth = {"specName": "Basic Authentication", "params": params}
    made = judge.check(
        "FlowService.createConnection",
        lambda: api.createConnection(name="Judged Salesforce", auth=auth, connectionSpec={"id": SALESFORCE, "version": "1.0"}),
        lambda made: "id" in made and made["etag"].startswith('"'),
    )
    id_ = made["id"]
    unknown = {"name": "Nothing", "connectionSpec": {"id": UNKNOWN, "version": "1.0"}}
    judge.check("FlowService.createConnection", lambda: api.createConnection(unknown), lambda error: refused(error, 400))
    judge.check(
        "FlowService.getConnection",
        lambda: api.getConnection(id_),
        lambda found: has(found, id=id_, name="Judged Salesforce", state="enabled"),
    )
    judge.check("FlowService.getConnection", lambda: api.getConnection(UNKNOWN), lambda found: found == {})
    judge.check("FlowService.getConnections", api.getConnections, lambda found: {BASE, id_} <= {one["id"] for one in found})
    judge.check(
        "FlowService.getConnections",
        lambda: api.getConnections(limit=1),
        lambda found: {BASE, id_} <= {one["id"] for one in found},
    )
    judge.check(
        "FlowService.getConnections",
        lambda: api.getConnections(property='name=="Judged Salesforce"'),
        lambda found: [one["id"] for one in found] == [id_],
    )
    judge.check(
        "FlowService.getConnections", lambda: api.getConnections(limit=None, count=True), lambda found: found["count"] >= 4
    )
    judge.check("FlowService.connectionTest", lambda: api.connectionTest(id_), lambda found: has(found, result=True))
    patch = [{"op": "replace", "path": "/name", "value": "Judged Salesforce, renamed"}]
    judge.check(
        "FlowService.patchConnection", lambda: api.patchConnection(id_, patch), lambda found: found["etag"] != made["etag"]
    )
    judge.check(
        "FlowService.patchConnection",
        lambda: api.getConnection(id_),
        lambda found: has(found, name="Judged Salesforce, renamed"),
    )
    judge.check("FlowService.deleteConnection", lambda: api.deleteConnection(id_), lambda status: status == 204)
    judge.check("FlowService.getConnection", lambda: api.getConnection(id_), lambda found: found == {})
    judge.check(
        "FlowService.createBaseConnectionS3Target",
        lambda: api.createBaseConnectionS3Target("Judged bucket", "key", "secret"),
        lambda made: "id" in made,
    )
    text = "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=a2V5;EndpointSuffix=core.windows.net"
    judge.check(
        "FlowService.createBaseConnectionBlobTarget",
        lambda: api.createBaseConnectionBlobTarget("Judged container", text),
        lambda made: "id" in made,
    )
    judge.check(
        "FlowService.createBaseConnectionDLZTarget",
        lambda: api.createBaseConnectionDLZTarget("Judged landing zone"),
        lambda made: "id" in made,
    )
    judge.check(
        "FlowService.createConnectionToUPS",
        lambda: api.createConnectionToUPS("Judged profile store"),
        lambda made: "id" in made,
    )


def source_connections(judge, world):
    api = world.flows
    body = {
        "name": "Judged contacts",
        "baseConnectionId": BASE,
        "data": {"format": "tabular"},
        "params": {"tableName": "Contact"},
        "connectionSpec": {"id": SALESFORCE, "version": "1.0"},
    }
    made = judge.check(
        "FlowService.createSourceConnection", lambda: api.createSourceConnection(body), lambda made: "id" in made
    )
    world.source = made["id"]
    judge.check(
        "FlowService.createSourceConnection",
        lambda: api.createSourceConnection({**body, "baseConnectionId": UNKNOWN}),
        lambda error: str(error["status"]).startswith("4"),
    )
    judge.check(
        "FlowService.getSourceConnection",
        lambda: api.getSourceConnection(world.source),
        lambda found: has(found, id=world.source, baseConnectionId=BASE),
    )
    judge.check(
        "FlowService.getSourceConnections", api.getSourceConnections, lambda found: world.source in [one["id"] for one in found]
    )
    patch = [{"op": "replace", "path": "/name", "value": "Judged contacts, renamed"}]
    judge.check(
        "FlowService.updateSourceConnection",
        lambda: api.updateSourceConnection(world.source, made["etag"], patch),
        lambda found: found["etag"] != made["etag"],
    )
    judge.check(
        "FlowService.updateSourceConnection",
        lambda: api.updateSourceConnection(world.source, made["etag"], patch),
        lambda error: refused(error, 412),
    )
    other = api.createSourceConnection({**body, "name": "Judged and gone"})
    judge.check(
        "FlowService.deleteSourceConnection", lambda: api.deleteSourceConnection(other["id"]), lambda status: status == 204
    )
    judge.check("FlowService.getSourceConnection", lambda: api.getSourceConnection(other["id"]), lambda found: found == {})
    judge.check(
        "FlowService.createSourceConnectionDataLandingZone",
        lambda: api.createSourceConnectionDataLandingZone("Judged files", path="inbox", type="folder", recursive=True),
        lambda made: "id" in made,
    )


def target_connections(judge, world):
    api = world.flows
    made = judge.check(
        "FlowService.createTargetConnectionDataLake",
        lambda: api.createTargetConnectionDataLake("Judged contacts", world.dataset, world.schema),
        lambda made: "id" in made,
    )
    world.target = made["id"]
    other = judge.check(
        "FlowService.createTargetConnection",
        lambda: api.createTargetConnection("Judged and gone", DATA_LAKE, world.dataset),
        lambda made: "id" in made,
    )
    judge.check(
        "FlowService.createTargetConnection",
        lambda: api.createTargetConnection("Nothing", DATA_LAKE, "0" * 24),
        lambda error: str(error["status"]).startswith("4"),
    )
    judge.check(
        "FlowService.getTargetConnection",
        lambda: api.getTargetConnection(world.target),
        lambda found: found["params"]["dataSetId"] == world.dataset,
    )
    judge.check(
        "FlowService.getTargetConnections",
        api.getTargetConnections,
        lambda found: {world.target, other["id"]} <= {one["id"] for one in found},
    )
    patch = [{"op": "replace", "path": "/name", "value": "Judged, renamed"}]
    judge.check(
        "FlowService.updateTargetConnection",
        lambda: api.updateTargetConnection(other["id"], other["etag"], patch),
        lambda found: found["etag"] != other["etag"],
    )
    judge.check(
        "FlowService.deleteTargetConnection", lambda: api.deleteTargetConnection(other["id"]), lambda status: status == 204
    )
    judge.check("FlowService.getTargetConnection", lambda: api.getTargetConnection(other["id"]), lambda found: not found)
    judge.check(
        "FlowService.createTargetConnectionDataLandingZone",
        lambda: api.createTargetConnectionDataLandingZone("Judged outbox", path="outbox"),
        lambda made: "id" in made,
    )
