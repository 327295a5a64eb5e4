"""Identity namespaces and the identity graph."""

from world import fine, has


def namespaces(judge, world):
    api = world.identities
    judge.check("Identity.getIdentities", api.getIdentities, lambda found: "Email" in [one["code"] for one in found])
    judge.check(
        "Identity.getIdentities",
        lambda: api.getIdentities(only_custom=True),
        lambda found: all(one["custom"] for one in found),
    )
    made = judge.check(
        "Identity.createIdentity",
        lambda: api.createIdentity("Loyalty card", "AcmeLoyalty", "CROSS_DEVICE", "Number on the card"),
        lambda made: has(made, code="AcmeLoyalty", idType="CROSS_DEVICE", custom=True) and "id" in made,
    )
    id_str = str((made or {}).get("id"))
    judge.check(
        "Identity.getIdentityDetail", lambda: api.getIdentityDetail(id_str), lambda found: has(found, code="AcmeLoyalty")
    )
    judge.check(
        "Identity.updateIdentity",
        lambda: api.updateIdentity(id_str, "Loyalty number", "AcmeLoyalty", "CROSS_DEVICE", "Number printed on the card"),
        lambda changed: "AcmeLoyalty" in str(changed) and fine(changed),
    )


def graph(judge, world):
    api = world.identities
    judge.check(
        "Identity.getIdentity", lambda: api.getIdentity("ada@acme.example", namespace="Email"), lambda found: "xid" in found
    )
