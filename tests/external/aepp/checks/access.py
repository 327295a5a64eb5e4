"""Access control."""


def control(judge, world):
    api = world.access
    judge.check("AccessControl.getPermissions", api.getPermissions, lambda found: "permissions" in found)
    judge.check(
        "AccessControl.getEffectivePolicies",
        lambda: api.getEffectivePolicies(["/permissions/manage-datasets"]),
        lambda found: "policies" in found,
    )
    # Roles come from the document's example, whose next page leads to itself: aepp would follow it for ever.
