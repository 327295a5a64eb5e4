"""aepp's own view of a flow, which reads all that the flow refers to."""

from aepp import flowservice
from world import CRM_TO_AEP, SALESFORCE, has


def manager(judge, world):
    made = judge.check(
        "FlowManager",
        lambda: flowservice.FlowManager(world.flow),
        lambda made: made.name == "Judged contacts" and made.datasetId == world.dataset,
    )
    if made is None:
        return
    judge.check(
        "FlowManager.summary",
        made.summary,
        lambda found: found["flowSpecs"]["name"] == "CRMToAEP" and found["mapping"]["id"] == world.mapping_set,
    )
    judge.check("FlowManager.getFlowSpec", made.getFlowSpec, lambda found: has(found, id=CRM_TO_AEP))
    judge.check("FlowManager.getSourceConnection", made.getSourceConnection, lambda found: has(found, id=world.source))
    judge.check("FlowManager.getConnectionSpec", made.getConnectionSpec, lambda found: has(found["items"][0], id=SALESFORCE))
    judge.check("FlowManager.getTargetConnection", made.getTargetConnection, lambda found: has(found, id=world.target))
    judge.check("FlowManager.getTargetConnectionSpec", made.getTargetConnectionSpec, lambda found: "items" in found)
    judge.check("FlowManager.getRuns", made.getRuns, lambda found: found and found[0]["flowId"] == world.flow)
    patch = [{"op": "add", "path": "/description", "value": "Changed by the manager"}]
    judge.check("FlowManager.updateFlow", lambda: made.updateFlow(patch), lambda found: has(found, id=world.flow))
