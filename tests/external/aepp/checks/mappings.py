"""Data Prep."""

from world import fine, has, refused

RULES = [
    {"sourceType": "ATTRIBUTE", "source": "TestID", "destination": "_id"},
    {"sourceType": "ATTRIBUTE", "source": "Name", "destination": "person.name.fullName"},
]
BIRTH = {"sourceType": "ATTRIBUTE", "source": "Datefield", "destination": "person.birthDate"}


def destinations(mappings):
    return [one.get("destination") or one.get("destinationXdmPath") for one in mappings]


def sets(judge, world):
    api = world.data_prep
    made = judge.check(
        "DataPrep.createMappingSet",
        lambda: api.createMappingSet(schemaId=world.schema, mappingList=RULES),
        lambda made: "id" in made,
    )
    world.mapping_set = made["id"]
    wrong = [{"sourceType": "ATTRIBUTE", "source": "TestID", "destination": "nothing.like.it"}]
    judge.check(
        "DataPrep.createMappingSet",
        lambda: api.createMappingSet(schemaId=world.schema, mappingList=wrong, validate=True),
        lambda error: refused(error, 400),
    )
    body = {
        "name": "Judged mapping",
        "outputSchema": {"schemaRef": {"id": world.schema, "contentType": "application/vnd.adobe.xed-full+json;version=1"}},
        "mappings": RULES,
    }
    other = judge.check("DataPrep.createMappingSet", lambda: api.createMappingSet(mappingSet=body), lambda made: "id" in made)
    judge.check(
        "DataPrep.getMappingSet",
        lambda: api.getMappingSet(world.mapping_set),
        lambda found: has(found, id=world.mapping_set) and destinations(found["mappings"]) == ["_id", "person.name.fullName"],
    )
    judge.check(
        "DataPrep.getMappingSet",
        lambda: api.getMappingSet(world.mapping_set, mappingRulesOnly=True),
        lambda found: found == RULES,
    )
    judge.check("DataPrep.getMappingSet", lambda: api.getMappingSet("0" * 32), lambda error: refused(error, 404))
    judge.check(
        "DataPrep.getMappingSets",
        api.getMappingSets,
        lambda found: {world.mapping_set, other["id"]} <= {one["id"] for one in found},
    )
    judge.check(
        "DataPrep.getMappingSets",
        lambda: api.getMappingSets(name="Judged mapping"),
        lambda found: [one["id"] for one in found] == [other["id"]],
    )
    judge.check(
        "DataPrep.updateMappingSet",
        lambda: api.updateMappingSet(other["id"], RULES + [BIRTH]),
        fine,
    )
    judge.check(
        "DataPrep.updateMappingSet",
        lambda: api.getMappingSet(other["id"]),
        lambda found: "person.birthDate" in destinations(found["mappings"]),
    )
    judge.check("DataPrep.deleteMappingSet", lambda: api.deleteMappingSet(other["id"]), lambda status: status in (200, 204))
    judge.check("DataPrep.getMappingSet", lambda: api.getMappingSet(other["id"]), lambda error: refused(error, 404))
    judge.check(
        "DataPrep.cleanMappingRules",
        lambda: api.cleanMappingRules(api.getMappingSet(world.mapping_set)),
        lambda rules: rules == RULES,
    )
    tenant = [{"sourceType": "ATTRIBUTE", "source": "Tier", "destination": "_other.loyaltyTier"}]
    judge.check(
        "DataPrep.copyMappingRules",
        lambda: api.copyMappingRules(tenant, world.tenant),
        lambda rules: destinations(rules) == [f"_{world.tenant}.loyaltyTier"],
    )


def single_mappings(judge, world):
    api = world.data_prep
    # A set that a flow refers to is left as it is.
    set_id = api.createMappingSet(schemaId=world.schema, mappingList=RULES)["id"]
    judge.check(
        "DataPrep.getMappingSetMappings",
        lambda: api.getMappingSetMappings(set_id),
        lambda found: "person.name.fullName" in str(found),
    )
    made = judge.check(
        "DataPrep.createMappingSetMapping", lambda: api.createMappingSetMapping(set_id, BIRTH), lambda made: "id" in made
    )
    id_ = (made or {}).get("id", "none")
    judge.check(
        "DataPrep.getMappingSetMapping",
        lambda: api.getMappingSetMapping(set_id, id_),
        lambda found: has(found, id=id_) and destinations([found]) == ["person.birthDate"],
    )
    changed = {**BIRTH, "source": "Birthday"}
    judge.check(
        "DataPrep.updateMappingSetMapping",
        lambda: api.updateMappingSetMapping(set_id, id_, changed),
        fine,
    )
    judge.check(
        "DataPrep.updateMappingSetMapping",
        lambda: api.getMappingSetMapping(set_id, id_),
        lambda found: has(found, source="Birthday"),
    )
    judge.check(
        "DataPrep.deleteMappingSetMapping",
        lambda: api.deleteMappingSetMapping(set_id, id_),
        lambda status: status in (200, 204),
    )
    judge.check(
        "DataPrep.deleteMappingSetMapping",
        lambda: api.getMappingSetMappings(set_id),
        lambda found: "person.birthDate" not in str(found),
    )
    judge.check(
        "DataPrep.previewDataOutput",
        lambda: api.previewDataOutput(
            {"TestID": "C-1", "Name": "Ada Keller"},
            {
                "outputSchema": {
                    "schemaRef": {"id": world.schema, "contentType": "application/vnd.adobe.xed-full+json;version=1"}
                },
                "mappings": RULES,
            },
        ),
        lambda found: "Ada Keller" in str(found),
    )


def expressions(judge, world):
    api = world.data_prep
    judge.check(
        "DataPrep.getMappingSetFunctions", api.getMappingSetFunctions, lambda found: len(found) > 20 and "concat" in str(found)
    )
    judge.check("DataPrep.getMappingSetOperators", api.getMappingSetOperators, lambda found: "+" in str(found))
    judge.check(
        "DataPrep.validateExpression",
        lambda: api.validateExpression('concat(FirstName, " ", LastName)'),
        lambda found: found is True,
    )
    judge.check(
        "DataPrep.validateExpression", lambda: api.validateExpression("concat(FirstName,"), lambda found: found is not True
    )
    judge.check(
        "DataPrep.getMappingSuggestions",
        lambda: api.getMappingSuggestions(world.dataset, world.batch),
        fine,
    )
