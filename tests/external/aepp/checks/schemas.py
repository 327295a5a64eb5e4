"""Schemas and what the registry says about them."""

from world import CONTACT, EVENT, PERSON, PROFILE, has, refused


def global_resources(judge, world):
    api = world.schemas
    judge.check("Schema.getStats", api.getStats, lambda found: "tenantId" in found and "counts" in found)
    world.tenant = judge.check("Schema.getTenantId", api.getTenantId, lambda found: found == "acmetenant")
    behaviors = judge.check("Schema.getBehaviors", api.getBehaviors, lambda found: len(found) >= 3)
    for behavior in (behaviors or [])[:1]:
        judge.check(
            "Schema.getBehavior", lambda: api.getBehavior(behavior["$id"]), lambda found: has(found, dollar_id=behavior["$id"])
        )
    judge.check(
        "Schema.getClassesGlobal", api.getClassesGlobal, lambda found: {PROFILE, EVENT} <= {one["$id"] for one in found}
    )
    judge.check("Schema.getFieldGroupsGlobal", api.getFieldGroupsGlobal, lambda found: PERSON in [one["$id"] for one in found])
    judge.check("Schema.getDataTypesGlobal", api.getDataTypesGlobal, lambda found: len(found) >= 3 and "meta:altId" in found[0])
    judge.check("Schema.getSchemasGlobal", api.getSchemasGlobal, lambda found: isinstance(found, list))


def tenant_schemas(judge, world):
    api = world.schemas
    body = {
        "type": "object",
        "title": "Judged contacts",
        "description": "People",
        "allOf": [{"$ref": PROFILE}, {"$ref": PERSON}],
    }
    made = judge.check(
        "Schema.createSchema", lambda: api.createSchema(body), lambda made: has(made, title="Judged contacts", version="1.0")
    )
    world.schema = made["$id"]
    judge.check("Schema.createSchema", lambda: api.createSchema(body), lambda error: refused(error, 400))
    world.event_schema = judge.check(
        "Schema.createExperienceEventSchema",
        lambda: api.createExperienceEventSchema("Judged events", fieldGroupIds=[world.field_group], description="Events"),
        lambda made: has(made, title="Judged events") and EVENT in made["meta:extends"],
    )["$id"]
    world.profile_schema = judge.check(
        "Schema.createProfileSchema",
        lambda: api.createProfileSchema("Judged profiles", fieldGroupIds=[PERSON, CONTACT]),
        lambda made: has(made, title="Judged profiles") and {PROFILE, PERSON, CONTACT} <= set(made["meta:extends"]),
    )["$id"]
    judge.check(
        "Schema.getSchemas",
        api.getSchemas,
        lambda found: {"Judged contacts", "Judged events", "Judged profiles"} <= {one["title"] for one in found},
    )
    judge.check(
        "Schema.getSchemas",
        lambda: api.getSchemas(classFilter=EVENT),
        lambda found: [one["title"] for one in found] == ["Judged events"],
    )
    judge.check(
        "Schema.getSchemas",
        lambda: api.getSchemas(prop="title==Judged contacts"),
        lambda found: [one["$id"] for one in found] == [world.schema],
    )
    judge.check(
        "Schema.getSchemas", lambda: api.getSchemas(output="df"), lambda found: len(found) >= 3 and "title" in found.columns
    )


def forms(judge, world):
    api, schema = world.schemas, world.schema
    judge.check(
        "Schema.getSchema",
        lambda: api.getSchema(schema),
        lambda found: has(found, dollar_id=schema) and "person" in found["properties"],
    )
    judge.check(
        "Schema.getSchema",
        lambda: api.getSchema(schema, full=False),
        lambda found: [part["$ref"] for part in found["allOf"]] == [PROFILE, PERSON],
    )
    judge.check("Schema.getSchema", lambda: api.getSchema(schema, desc=True), lambda found: has(found, dollar_id=schema))
    judge.check("Schema.getSchema", lambda: api.getSchema(schema, deprecated=True), lambda found: has(found, dollar_id=schema))
    judge.check(
        "Schema.getSchema",
        lambda: api.getSchema("https://ns.adobe.com/acmetenant/schemas/none"),
        lambda error: refused(error, 404),
    )
    judge.check(
        "Schema.getSchemaPaths",
        lambda: api.getSchemaPaths(schema),
        lambda found: "person.name.firstName" in found and "person" not in found,
    )
    judge.check(
        "Schema.getSchemaSample",
        lambda: api.getSchemaSample(schema),
        lambda found: "xdm:firstName" in found["xdm:person"]["xdm:name"],
    )


def changes(judge, world):
    api, schema = world.schemas, world.schema
    patch = [{"op": "replace", "path": "/description", "value": "People of ACME"}]
    judge.check(
        "Schema.patchSchema", lambda: api.patchSchema(schema, patch), lambda found: has(found, description="People of ACME")
    )
    judge.check(
        "Schema.addFieldGroupToSchema",
        lambda: api.addFieldGroupToSchema(schema, [CONTACT]),
        lambda found: CONTACT in found["meta:extends"] and found["version"] != "1.0",
    )
    body = {
        "title": "Judged profiles of people",
        "description": "",
        "type": "object",
        "allOf": [{"$ref": PROFILE}, {"$ref": PERSON}, {"$ref": CONTACT}],
    }
    judge.check(
        "Schema.putSchema",
        lambda: api.putSchema(world.profile_schema, body),
        lambda found: has(found, title="Judged profiles of people"),
    )
    identity = api.createDescriptorOperation(
        world.profile_schema, "xdm:descriptorIdentity", "/personalEmail/address", identityNSCode="Email", identityPrimary=True
    )
    api.createDescriptor(identity)
    judge.check(
        "Schema.enableSchemaForRealTime",
        lambda: api.enableSchemaForRealTime(world.profile_schema),
        lambda found: found["meta:immutableTags"] == ["union"],
    )
    judge.check(
        "Schema.enableSchemaForUPS",
        lambda: api.enableSchemaForUPS(schema),
        lambda found: found["meta:immutableTags"] == ["union"],
    )


def unions(judge, world):
    api = world.schemas
    union = f"{PROFILE}__union"
    judge.check("Schema.getUnions", api.getUnions, lambda found: union in [one["$id"] for one in found])
    judge.check("Schema.getUnion", lambda: api.getUnion(union), lambda found: "person" in found["properties"])
    judge.check(
        "Schema.getXDMprofileSchema",
        api.getXDMprofileSchema,
        lambda found: world.profile_schema in [one["$id"] for one in found["results"]],
    )


def transfer(judge, world):
    api = world.schemas
    judge.check(
        "Schema.getAuditLogs", lambda: api.getAuditLogs(world.schema), lambda found: isinstance(found, list) and len(found) >= 2
    )
    judge.check(
        "Schema.exportResource",
        lambda: api.exportResource(world.event_schema),
        lambda found: "Judged events" in [one["title"] for one in found],
    )
    exported = api.exportResource(world.event_schema)
    judge.check("Schema.importResource", lambda: api.importResource(exported), lambda found: isinstance(found, list))


def deletions(judge, world):
    api = world.schemas
    made = api.createSchema({"type": "object", "title": "Judged and gone", "description": "", "allOf": [{"$ref": PROFILE}]})
    judge.check("Schema.deleteSchema", lambda: api.deleteSchema(made["$id"]), lambda status: status == 204)
    judge.check("Schema.getSchema", lambda: api.getSchema(made["$id"]), lambda error: refused(error, 404))
    judge.check("Schema.deleteSchema", lambda: api.deleteSchema(made["$id"]), lambda error: refused(error, 404))
