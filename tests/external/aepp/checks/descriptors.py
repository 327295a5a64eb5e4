"""Descriptors."""

from world import has, refused


def kinds(judge, world):
    """What aepp makes of its arguments, and whether the registry takes it."""
    make, schema = world.schemas.createDescriptorOperation, world.schema
    operation = judge.check(
        "Schema.createDescriptorOperation",
        lambda: make(schema, "xdm:descriptorIdentity", "person.name.lastName", identityNSCode="Email"),
        lambda made: made["xdm:sourceProperty"] == "/person/name/lastName",
    )
    for kind, extra in [
        ("xdm:descriptorIdentity", {"identityNSCode": "Email"}),
        (
            "xdm:alternateDisplayInfo",
            {
                "alternateTitle": "Family name",
                "alternateDescription": "Family name",
                "alternateNote": "",
                "alternateEnum": None,
            },
        ),
        ("xdm:descriptorDeprecated", {}),
    ]:
        body = make(schema, kind, "/person/name/lastName", **extra)
        made = judge.check(
            "Schema.createDescriptor",
            lambda: world.schemas.createDescriptor(body),
            lambda made: made["@type"] == kind and "@id" in made,
        )
        if made and "@id" in made:
            world.schemas.deleteDescriptor(made["@id"])
    return operation


def life(judge, world):
    api, schema = world.schemas, world.schema
    made = judge.check(
        "Schema.createDescriptor",
        lambda: api.createDescriptor(
            sourceSchema=schema, sourceProperty="/person/name/fullName", namespace="Email", primary=True
        ),
        lambda made: has(made, **{"xdm:isPrimary": True, "xdm:sourceSchema": schema}),
    )
    id_ = made["@id"]
    judge.check("Schema.getDescriptors", api.getDescriptors, lambda found: id_ in [one["@id"] for one in found])
    judge.check(
        "Schema.getDescriptors",
        lambda: api.getDescriptors(type_desc="xdm:descriptorIdentity"),
        lambda found: {one["@type"] for one in found} == {"xdm:descriptorIdentity"},
    )
    judge.check(
        "Schema.getDescriptors",
        lambda: api.getDescriptors(prop=f"xdm:sourceSchema=={schema}"),
        lambda found: [one["@id"] for one in found] == [id_],
    )
    judge.check(
        "Schema.getDescriptor",
        lambda: api.getDescriptor(id_),
        lambda found: found["xdm:sourceProperty"] == "/person/name/fullName",
    )
    changed = {name: value for name, value in made.items() if name.startswith("xdm:") or name == "@type"} | {
        "xdm:isPrimary": False
    }
    judge.check(
        "Schema.putDescriptor", lambda: api.putDescriptor(id_, changed), lambda found: has(found, **{"xdm:isPrimary": False})
    )
    other = api.createDescriptor(sourceSchema=schema, sourceProperty="/person/name/firstName", namespace="Phone", primary=False)
    judge.check("Schema.deleteDescriptor", lambda: api.deleteDescriptor(other["@id"]), lambda status: status == 204)
    judge.check("Schema.getDescriptor", lambda: api.getDescriptor(other["@id"]), lambda error: refused(error, 404))
    # Profile wants a primary identity.
    changed["xdm:isPrimary"] = True
    api.putDescriptor(id_, changed)
