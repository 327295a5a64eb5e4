"""Catalog: datasets and batches."""

import json

from world import fine, has, only, reference, refused


def datasets(judge, world):
    api = world.catalog
    answer = judge.check(
        "Catalog.createDataSet",
        lambda: api.createDataSet(name="Judged contacts", schemaId=world.schema),
        lambda answer: reference(answer, "dataSets"),
    )
    world.dataset = reference(answer, "dataSets")
    body = {
        "name": "Judged events",
        "schemaRef": {"id": world.event_schema, "contentType": "application/vnd.adobe.xed+json;version=1"},
        "tags": {"judge": ["yes"]},
    }
    world.event_dataset = reference(
        judge.check(
            "Catalog.createDataSet", lambda: api.createDataSet(data=body), lambda answer: reference(answer, "dataSets")
        ),
        "dataSets",
    )
    wrong = "https://ns.adobe.com/acmetenant/schemas/none"
    judge.check(
        "Catalog.createDataSet", lambda: api.createDataSet(name="Nothing", schemaId=wrong), lambda error: refused(error, 400)
    )
    judge.check(
        "Catalog.getDataSet",
        lambda: api.getDataSet(world.dataset),
        lambda found: only(found) == world.dataset
        and has(found[world.dataset], name="Judged contacts")
        and found[world.dataset]["schemaRef"]["id"] == world.schema,
    )
    judge.check("Catalog.getDataSet", lambda: api.getDataSet("000000000000000000000000"), lambda error: refused(error, 404))
    judge.check("Catalog.getDataSets", api.getDataSets, lambda found: set(found) == {world.dataset, world.event_dataset})
    judge.check(
        "Catalog.getDataSets", lambda: api.getDataSets(name="Judged events"), lambda found: set(found) == {world.event_dataset}
    )
    judge.check(
        "Catalog.getDataSets",
        lambda: api.getDataSets(output="list"),
        lambda found: sorted(one["name"] for one in found) == ["Judged contacts", "Judged events"],
    )
    judge.check(
        "Catalog.getDatasetsInfos",
        api.getDatasetsInfos,
        lambda found: set(found["id"]) == {world.dataset, world.event_dataset} and not any(found["profileEnabled"]),
    )
    judge.check("Catalog.getProfileSnapshotDatasets", api.getProfileSnapshotDatasets, lambda found: found == {})
    judge.check(
        "Catalog.getResource", lambda: api.getResource(f"{api.endpoint}/dataSets", {"limit": 1}), lambda found: len(found) == 1
    )
    judge.check(
        "Catalog.getResources", api.getResources, lambda found: isinstance(found, (dict, list)) and "status" not in found
    )


def tags(judge, world):
    api = world.catalog
    answer = api.createDataSet(name="Judged profiles", schemaId=world.profile_schema)
    dataset = world.profile_dataset = reference(answer, "dataSets")
    for method, change, tag, values in [
        ("enableDatasetProfile", api.enableDatasetProfile, "unifiedProfile", ["enabled:true"]),
        ("enableDatasetIdentity", api.enableDatasetIdentity, "unifiedIdentity", ["enabled:true"]),
        ("enableDatasetUpsert", api.enableDatasetUpsert, "unifiedProfile", ["enabled:true", "isUpsert:true"]),
        ("disableDatasetProfile", api.disableDatasetProfile, "unifiedProfile", ["enabled:false"]),
        ("disableDatasetIdentity", api.disableDatasetIdentity, "unifiedIdentity", ["enabled:false"]),
        ("disableDatasetValidationContext", api.disableDatasetValidationContext, "acp_validationContext", ["disabled"]),
    ]:
        judge.check(f"Catalog.{method}", lambda: change(dataset), lambda answer: reference(answer, "dataSets") == dataset)
        # What came of it is in the dataset alone.
        judge.check(
            f"Catalog.{method}", lambda: api.getDataSet(dataset)[dataset]["tags"].get(tag), lambda found: found == values
        )
    judge.check(
        "Catalog.patchDataset",
        lambda: api.patchDataset(dataset, {"description": "People"}),
        lambda answer: reference(answer, "dataSets") == dataset,
    )
    judge.check(
        "Catalog.patchDataset",
        lambda: api.getDataSet(dataset)[dataset],
        lambda found: has(found, description="People", name="Judged profiles"),
    )
    judge.check(
        "Catalog.patchDatasetV2",
        lambda: api.patchDatasetV2(dataset, {"tags": {"team": ["crm"]}}),
        fine,
    )
    judge.check(
        "Catalog.patchDatasetV2",
        lambda: api.getDataSet(dataset)[dataset]["tags"],
        lambda found: found["team"] == ["crm"] and "unifiedProfile" in found,
    )
    whole = {
        name: value
        for name, value in api.getDataSet(dataset)[dataset].items()
        if name in ("name", "schemaRef", "tags", "fileDescription")
    }
    judge.check(
        "Catalog.putDataset",
        lambda: api.putDataset(dataset, {**whole, "name": "Judged people"}),
        lambda answer: reference(answer, "dataSets") == dataset,
    )
    judge.check("Catalog.putDataset", lambda: api.getDataSet(dataset)[dataset], lambda found: has(found, name="Judged people"))


def views(judge, world):
    api, dataset = world.catalog, world.dataset
    judge.check(
        "Catalog.getDataSetObservableSchema",
        lambda: api.getDataSetObservableSchema(dataset, appendDatasetInfo=True),
        lambda found: found["datasetId"] == dataset,
    )
    judge.check(
        "Catalog.createUnionProfileDataset", api.createUnionProfileDataset, lambda answer: reference(answer, "dataSets")
    )


def batches(judge, world):
    """As Catalog shows what was uploaded before."""
    api = world.catalog
    judge.check("Catalog.getBatch", lambda: api.getBatch(world.batch), lambda found: has(found[world.batch], status="success"))
    judge.check(
        "Catalog.getBatches", lambda: api.getBatches(limit=100), lambda found: {world.batch, world.failed_batch} <= set(found)
    )
    judge.check("Catalog.getBatches", lambda: api.getBatches(status="failed"), lambda found: set(found) == {world.failed_batch})
    judge.check("Catalog.getBatches", lambda: api.getBatches(limit=1, n_results=2), lambda found: len(found) >= 2)
    judge.check(
        "Catalog.getBatches", lambda: api.getBatches(limit=100, output="dataframe"), lambda found: world.batch in found.index
    )
    judge.check(
        "Catalog.getLastBatches",
        lambda: api.getLastBatches(world.dataset),
        lambda found: found and "batch" in str(found).lower(),
    )
    judge.check(
        "Catalog.getFailedBatchesDF",
        api.getFailedBatchesDF,
        lambda found: list(found.index) == [world.failed_batch] and found.loc[world.failed_batch]["dataSetId"] == world.dataset,
    )
    judge.check("Catalog.getMapperErrors", api.getMapperErrors, lambda found: len(found) == 0)
    judge.check("Catalog.findActiveBatch", lambda: api.findActiveBatch(world.batch), lambda found: found == world.batch)
    judge.check(
        "Catalog.createBatch",
        lambda: api.createBatch({"status": "active", "relatedObjects": [{"type": "dataSet", "id": world.dataset}]}),
        fine,
    )
    failed = api.getResource(f"{world.data_access.endpoint}/batches/{world.failed_batch}/failed", format="raw")
    judge.check(
        "Catalog.jsonStreamMessages",
        lambda: api.jsonStreamMessages(failed.text),
        lambda found: len(found) == 1 and json.dumps(found),
    )


def deletions(judge, world):
    api = world.catalog
    judge.check("Catalog.deleteDataSet", lambda: api.deleteDataSet(world.event_dataset), lambda status: status == 200)
    judge.check("Catalog.getDataSet", lambda: api.getDataSet(world.event_dataset), lambda error: refused(error, 404))
