"""Field groups, data types and classes of the tenant."""

from world import EVENT, PROFILE, has, refused


def field_group(title, tenant, field="loyaltyTier"):
    """A field group with one field below the tenant's name."""
    return {
        "type": "object",
        "title": title,
        "description": "Made by the judge",
        "meta:intendedToExtend": [PROFILE, EVENT],
        "definitions": {
            "customFields": {
                "type": "object",
                "properties": {f"_{tenant}": {"type": "object", "properties": {field: {"type": "string", "title": field}}}},
            }
        },
        "allOf": [{"$ref": "#/definitions/customFields", "type": "object", "meta:xdmType": "object"}],
    }


def field_groups(judge, world):
    api, tenant = world.schemas, world.tenant
    made = judge.check(
        "Schema.createFieldGroup",
        lambda: api.createFieldGroup(field_group("Judged loyalty", tenant)),
        lambda made: has(made, title="Judged loyalty") and made["$id"].startswith(f"https://ns.adobe.com/{tenant}/mixins/"),
    )
    world.field_group = made["$id"]
    judge.check(
        "Schema.getFieldGroups", api.getFieldGroups, lambda found: [one["title"] for one in found] == ["Judged loyalty"]
    )
    judge.check(
        "Schema.getFieldGroup",
        lambda: api.getFieldGroup(world.field_group),
        lambda found: "loyaltyTier" in found["properties"][f"_{tenant}"]["properties"],
    )
    judge.check(
        "Schema.getFieldGroup", lambda: api.getFieldGroup(world.field_group, full=False), lambda found: "definitions" in found
    )
    patch = [{"op": "replace", "path": "/description", "value": "Loyalty of people"}]
    judge.check(
        "Schema.patchFieldGroup",
        lambda: api.patchFieldGroup(world.field_group, patch),
        lambda found: has(found, description="Loyalty of people"),
    )
    judge.check(
        "Schema.extendFieldGroup",
        lambda: api.extendFieldGroup(world.field_group, [PROFILE, EVENT]),
        lambda found: found["meta:intendedToExtend"] == [PROFILE, EVENT],
    )
    copy = judge.check(
        "Schema.copyFieldGroup",
        lambda: api.copyFieldGroup(api.getFieldGroup(world.field_group, full=False), title="Judged copy"),
        lambda made: has(made, title="Judged copy"),
    )
    other = api.createFieldGroup(copy)
    body = field_group("Judged copy, changed", tenant, "loyaltyPoints")
    body["definitions"]["customFields"]["properties"][f"_{tenant}"]["properties"]["loyaltyTier"] = {
        "type": "string",
        "title": "loyaltyTier",
    }
    judge.check(
        "Schema.putFieldGroup",
        lambda: api.putFieldGroup(other["$id"], body),
        lambda found: has(found, title="Judged copy, changed"),
    )
    judge.check("Schema.deleteFieldGroup", lambda: api.deleteFieldGroup(other["$id"]), lambda status: status == 204)
    judge.check("Schema.getFieldGroup", lambda: api.getFieldGroup(other["$id"]), lambda error: refused(error, 404))


def data_types(judge, world):
    api = world.schemas
    body = {
        "type": "object",
        "title": "Judged card",
        "description": "A card",
        "properties": {"number": {"type": "string", "title": "Number"}},
    }
    made = judge.check(
        "Schema.createDataType",
        lambda: api.createDataType(body),
        lambda made: has(made, title="Judged card") and "/datatypes/" in made["$id"],
    )
    alt_id = made["meta:altId"]
    judge.check("Schema.getDataTypes", api.getDataTypes, lambda found: [one["title"] for one in found] == ["Judged card"])
    judge.check("Schema.getDataType", lambda: api.getDataType(alt_id), lambda found: "number" in found["properties"])
    judge.check(
        "Schema.getDataType", lambda: api.getDataType(made["$id"], full=False), lambda found: has(found, title="Judged card")
    )
    patch = [{"op": "add", "path": "/properties/holder", "value": {"type": "string", "title": "Holder"}}]
    judge.check("Schema.patchDataType", lambda: api.patchDataType(alt_id, patch), lambda found: "holder" in found["properties"])
    body["properties"]["holder"] = {"type": "string", "title": "Holder"}
    body["title"] = "Judged card, changed"
    judge.check(
        "Schema.putDataType", lambda: api.putDataType(alt_id, body), lambda found: has(found, title="Judged card, changed")
    )
    judge.check("Schema.deleteDataType", lambda: api.deleteDataType(alt_id), lambda status: status == 204)
    judge.check("Schema.getDataType", lambda: api.getDataType(alt_id), lambda error: refused(error, 404))


def classes(judge, world):
    api = world.schemas
    record = "https://ns.adobe.com/xdm/data/record"
    body = {"type": "object", "title": "Judged shop", "description": "Shops", "allOf": [{"$ref": record}]}
    made = judge.check(
        "Schema.createClass",
        lambda: api.createClass(body),
        lambda made: has(made, title="Judged shop") and record in made["meta:extends"],
    )
    id_ = made["$id"]
    judge.check("Schema.getClasses", api.getClasses, lambda found: [one["title"] for one in found] == ["Judged shop"])
    judge.check("Schema.getClass", lambda: api.getClass(id_), lambda found: has(found, dollar_id=id_))
    patch = [{"op": "replace", "path": "/description", "value": "Shops of ACME"}]
    judge.check("Schema.patchClass", lambda: api.patchClass(id_, patch), lambda found: has(found, description="Shops of ACME"))
    body["title"] = "Judged branch"
    judge.check("Schema.putClass", lambda: api.putClass(id_, body), lambda found: has(found, title="Judged branch"))
    judge.check("Schema.deleteClass", lambda: api.deleteClass(id_), lambda status: status == 204)
    judge.check("Schema.getClass", lambda: api.getClass(id_), lambda error: refused(error, 404))
