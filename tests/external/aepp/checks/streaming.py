"""Streaming: an inlet, a flow from it into a dataset, and messages."""

from world import has


def inlet(judge, world):
    api = world.flows
    made = judge.check(
        "FlowService.createConnectionStreaming",
        lambda: api.createConnectionStreaming("Judged inlet", sourceId="judge", paramName="judge"),
        lambda made: "id" in made,
    )
    if "id" not in (made or {}):
        return
    source = judge.check(
        "FlowService.createSourceConnectionStreaming",
        lambda: api.createSourceConnectionStreaming(made["id"], "Judged inlet", format="json"),
        lambda made: "id" in made,
    )
    found = api.getConnection(made["id"])
    inlet_id = found["auth"]["params"].get("inletId") or found.get("inletId")
    target = api.createTargetConnection("Judged stream", "c604ff05-7f1a-43c0-8e18-33bf874cb11c", world.dataset)
    judge.check(
        "FlowService.createFlowStreaming",
        lambda: api.createFlowStreaming("Judged stream", source_connection_id=source["id"], target_connection_id=target["id"]),
        lambda made: "id" in made["flow"],
    )
    body = {
        "name": "Judged stream",
        "flowSpec": {"id": "d8a6f005-7eaf-4153-983e-e8574508b877", "version": "1.0"},
        "sourceConnectionIds": [source["id"]],
        "targetConnectionIds": [target["id"]],
    }
    flow = judge.check(
        "FlowService.createFlow", lambda: api.createFlow(body["flowSpec"]["id"], obj=body), lambda made: "id" in made
    )
    message = {
        "header": {
            "schemaRef": {"id": world.schema, "contentType": "application/vnd.adobe.xed-full+json;version=1"},
            "imsOrgId": world.platform.variables["AEP_ORG_ID"],
            "datasetId": world.dataset,
            "source": {"name": "judge"},
        },
        "body": {
            "xdmMeta": {"schemaRef": {"id": world.schema, "contentType": "application/vnd.adobe.xed-full+json;version=1"}},
            "xdmEntity": {"_id": "s-1", "person": {"name": {"firstName": "Chidi"}}},
        },
    }
    send = world.ingestion
    judge.check(
        "DataIngestion.streamMessage",
        lambda: send.streamMessage(inlet_id, message, syncValidation=True),
        lambda answer: has(answer, inletId=inlet_id),
    )
    judge.check(
        "DataIngestion.streamMessages",
        lambda: send.streamMessages(inlet_id, [message, message]),
        lambda answer: has(answer, inletId=inlet_id),
    )
    world.platform.advance(20 * 60)
    judge.check(
        "DataIngestion.streamMessages",
        lambda: world.data_access.getPreview(world.dataset),
        lambda found: "Chidi" in str(found),
    )
    api.deleteFlow(flow["id"])
