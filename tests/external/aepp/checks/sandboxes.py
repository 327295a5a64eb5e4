"""Sandbox management."""

from world import has, refused


def management(judge, world):
    api = world.sandboxes
    judge.check("Sandboxes.getSandboxes", api.getSandboxes, lambda found: "prod" in [one["name"] for one in found])
    judge.check(
        "Sandboxes.getSandboxTypes",
        api.getSandboxTypes,
        lambda found: {"production", "development"} <= {one["id"] for one in found},
    )
    judge.check(
        "Sandboxes.createSandbox",
        lambda: api.createSandbox("judge", "Judge", "development"),
        lambda made: has(made, name="judge", title="Judge", type="development", state="creating"),
    )
    judge.check("Sandboxes.createSandbox", lambda: api.createSandbox("judge", "Judge"), lambda error: refused(error, 409))
    world.platform.advance(5)
    found = judge.check(
        "Sandboxes.getSandbox", lambda: api.getSandbox("judge"), lambda found: has(found, name="judge", state="active")
    )
    judge.check("Sandboxes.getSandboxId", lambda: api.getSandboxId("judge"), lambda id: id == found["id"])
    judge.check(
        "Sandboxes.updateSandbox",
        lambda: api.updateSandbox("judge", {"title": "Judged"}),
        lambda changed: has(changed, title="Judged"),
    )
    judge.check("Sandboxes.updateSandbox", lambda: api.getSandbox("judge"), lambda found: has(found, title="Judged"))
    judge.check("Sandboxes.resetSandbox", lambda: api.resetSandbox("judge"), lambda changed: has(changed, name="judge"))
    world.platform.advance(5)
    judge.check("Sandboxes.deleteSandbox", lambda: api.deleteSandbox("judge"), lambda status: status == 202)
    world.platform.advance(5)
    judge.check(
        "Sandboxes.getSandboxes",
        api.getSandboxes,
        lambda found: "judge" not in [one["name"] for one in found if one["state"] == "active"],
    )
    judge.check("Sandboxes.getSandbox", lambda: api.getSandbox("nowhere"), lambda error: refused(error, 404))
