"""aepp's own views of schemas and field groups, which put many calls together."""

from aepp import fieldgroupmanager, schemamanager


def schema_manager(judge, world):
    manager = judge.check(
        "Schema.SchemaManager",
        lambda: world.schemas.SchemaManager(world.schema),
        lambda made: made.title == "Judged contacts" and len(made.fieldGroupIds) == 2,
    )
    if manager is None:
        return
    judge.check("SchemaManager.searchField", lambda: manager.searchField("firstName"), lambda found: "firstName" in str(found))
    judge.check("SchemaManager.to_dataframe", manager.to_dataframe, lambda made: "person.name.firstName" in list(made["path"]))
    judge.check("SchemaManager.to_dict", manager.to_dict, lambda made: "firstName" in made["person"]["name"])
    judge.check("SchemaManager.getDescriptors", manager.getDescriptors, lambda found: len(found) == 1)
    new = schemamanager.SchemaManager(title="Judged by the manager", schemaAPI=world.schemas)
    judge.check("SchemaManager.addFieldGroup", lambda: new.addFieldGroup(world.field_group), lambda made: made is not None)
    made = judge.check("SchemaManager.createSchema", new.createSchema, lambda made: made["title"] == "Judged by the manager")
    new.setDescription("Changed by the manager")
    judge.check("SchemaManager.updateSchema", new.updateSchema, lambda made: made["description"] == "Changed by the manager")
    body = new.createDescriptorOperation("xdm:descriptorIdentity", f"_{world.tenant}.loyaltyTier", identityNSCode="Email")
    judge.check(
        "SchemaManager.createDescriptor",
        lambda: new.createDescriptor(body),
        lambda found: found["xdm:sourceSchema"] == made["$id"],
    )


def field_group_manager(judge, world):
    manager = judge.check(
        "Schema.FieldGroupManager",
        lambda: world.schemas.FieldGroupManager(world.field_group),
        lambda made: made.title == "Judged loyalty",
    )
    judge.check(
        "FieldGroupManager.to_dataframe",
        manager.to_dataframe,
        lambda made: f"_{world.tenant}.loyaltyTier" in list(made["path"]),
    )
    new = fieldgroupmanager.FieldGroupManager(title="Judged points", schemaAPI=world.schemas)
    judge.check(
        "FieldGroupManager.addField",
        lambda: new.addField(f"_{world.tenant}", "object", objectComponents={"loyaltyPoints": "integer"}),
        lambda made: "loyaltyPoints" in str(made),
    )
    judge.check("FieldGroupManager.createFieldGroup", new.createFieldGroup, lambda made: made["title"] == "Judged points")
    new.addField(f"_{world.tenant}.loyaltySince", "date", title="Since")
    judge.check("FieldGroupManager.updateFieldGroup", new.updateFieldGroup, lambda made: "loyaltySince" in str(made))
