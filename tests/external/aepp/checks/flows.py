"""Flow Service: specifications of flows, flows and their runs."""

import time

from world import CRM_TO_AEP, UNKNOWN, has, refused


def specs(judge, world):
    api = world.flows
    judge.check("FlowService.getFlowSpecs", api.getFlowSpecs, lambda found: CRM_TO_AEP in [one["id"] for one in found])
    judge.check(
        "FlowService.getFlowSpecs",
        lambda: api.getFlowSpecs('name=="CRMToAEP"'),
        lambda found: [one["id"] for one in found] == [CRM_TO_AEP],
    )
    judge.check("FlowService.getFlowSpec", lambda: api.getFlowSpec(CRM_TO_AEP), lambda found: has(found, name="CRMToAEP"))
    judge.check(
        "FlowService.getFlowSpecIdFromNames",
        lambda: api.getFlowSpecIdFromNames("CRMToAEP", "Salesforce"),
        lambda found: found == CRM_TO_AEP,
    )


def flow_body(world, name):
    return {
        "name": name,
        "flowSpec": {"id": CRM_TO_AEP, "version": "1.0"},
        "sourceConnectionIds": [world.source],
        "targetConnectionIds": [world.target],
        "transformations": [
            {"name": "Copy", "params": {"deltaColumn": {"name": "LastModified"}}},
            {"name": "Mapping", "params": {"mappingId": world.mapping_set, "mappingVersion": "0"}},
        ],
        "scheduleParams": {"startTime": int(time.time()), "frequency": "minute", "interval": 15, "backfill": True},
    }


def life(judge, world):
    api = world.flows
    made = judge.check(
        "FlowService.createFlow",
        lambda: api.createFlow(CRM_TO_AEP, obj=flow_body(world, "Judged contacts")),
        lambda made: "id" in made,
    )
    world.flow = made["id"]
    wrong = {**flow_body(world, "Nothing"), "sourceConnectionIds": [UNKNOWN]}
    judge.check(
        "FlowService.createFlow",
        lambda: api.createFlow(CRM_TO_AEP, obj=wrong),
        lambda error: str(error["status"]).startswith("4"),
    )
    judge.check(
        "FlowService.getFlow", lambda: api.getFlow(world.flow), lambda found: has(found, id=world.flow, name="Judged contacts")
    )
    judge.check("FlowService.getFlows", api.getFlows, lambda found: [one["id"] for one in found] == [world.flow])
    judge.check(
        "FlowService.getFlows",
        lambda: api.getFlows(onlySources=True),
        lambda found: [one["id"] for one in found] == [world.flow],
    )
    judge.check("FlowService.getFlows", lambda: api.getFlows(filterSourceIds=[world.source]), lambda found: len(found) == 1)
    judge.check("FlowService.getFlows", lambda: api.getFlows(filterTargetIds=[UNKNOWN]), lambda found: found == [])
    etag = api.getFlow(world.flow)["etag"]
    patch = [{"op": "add", "path": "/description", "value": "Contacts of ACME"}]
    judge.check("FlowService.updateFlow", lambda: api.updateFlow(world.flow, etag, patch), lambda found: found["etag"] != etag)
    judge.check("FlowService.updateFlow", lambda: api.updateFlow(world.flow, etag, patch), lambda error: refused(error, 412))
    judge.check(
        "FlowService.updateFlow", lambda: api.getFlow(world.flow), lambda found: has(found, description="Contacts of ACME")
    )
    judge.check(
        "FlowService.postFlowAction", lambda: api.postFlowAction(world.flow, "disable"), lambda found: has(found, id=world.flow)
    )
    judge.check("FlowService.postFlowAction", lambda: api.getFlow(world.flow), lambda found: has(found, state="disabled"))
    judge.check(
        "FlowService.postFlowAction", lambda: api.postFlowAction(world.flow, "enable"), lambda found: has(found, id=world.flow)
    )
    judge.check("FlowService.getUPSFlows", api.getUPSFlows, lambda found: found == [])
    judge.check("FlowService.getUISFlows", api.getUISFlows, lambda found: found == [])
    judge.check("FlowService.getUPSFlow", lambda: api.getUPSFlow(world.dataset), lambda found: has(found, error="not found"))
    judge.check("FlowService.getUISFlow", lambda: api.getUISFlow(world.dataset), lambda found: has(found, error="not found"))


def runs(judge, world):
    api = world.flows
    world.platform.advance(16 * 60)
    world.platform.advance(60)
    found = judge.check(
        "FlowService.getRuns",
        lambda: api.getRuns(prop=f"flowId=={world.flow}"),
        lambda found: found and found[0]["metrics"]["statusSummary"]["status"] == "success",
    )
    for run in (found or [])[:1]:
        judge.check(
            "FlowService.getRun", lambda: api.getRun(run["id"]), lambda found: has(found[0], id=run["id"], flowId=world.flow)
        )
        metrics = run["metrics"]
        judge.check("FlowService.getRun", lambda: metrics["recordSummary"], lambda found: found["outputRecordCount"] > 0)
    judge.check(
        "FlowService.getRuns",
        lambda: api.getRuns(prop=[f"flowId=={world.flow}", "metrics.statusSummary.status==failed"]),
        lambda found: found == [],
    )
    # A flow on a schedule takes no runs; one that runs once does.
    judge.check("FlowService.createRun", lambda: api.createRun(world.flow), lambda error: refused(error, 400))
    once = {**flow_body(world, "Judged on demand"), "scheduleParams": {"startTime": int(time.time()), "frequency": "once"}}
    flow = api.createFlow(CRM_TO_AEP, obj=once)["id"]
    world.platform.advance(120)
    now = int(time.time())
    window = {
        "startTime": now + 600,
        "windowStartTime": 1600000000,
        "windowEndTime": now,
        "deltaColumn": {"name": "LastModified"},
    }
    made = judge.check(
        "FlowService.createRun", lambda: api.createRun(flow, params=window), lambda answer: "id" in answer["items"][0]
    )
    world.platform.advance(3600)
    judge.check(
        "FlowService.createRun",
        lambda: api.getRun(made["items"][0]["id"])[0]["metrics"]["statusSummary"]["status"],
        lambda status: status == "success",
    )
    api.deleteFlow(flow)
    judge.check(
        "FlowService.getResource",
        lambda: api.getResource(f"{api.endpoint}/flows", {"limit": 1}),
        lambda found: len(found["items"]) == 1,
    )


def deletions(judge, world):
    api = world.flows
    judge.check("FlowService.deleteFlow", lambda: api.deleteFlow(world.flow), lambda status: status == 204)
    judge.check("FlowService.getFlow", lambda: api.getFlow(world.flow), lambda found: found == {})
