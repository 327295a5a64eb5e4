"""Labels of datasets."""

from world import fine


def labels(judge, world):
    api, dataset = world.labels, world.dataset
    judge.check(
        "DataSets.createLabels",
        lambda: api.createLabels(dataset, {"labels": ["C1", "C2"], "optionalLabels": []}),
        fine,
    )
    judge.check(
        "DataSets.getLabelSchemaTests",
        lambda: api.getLabelSchemaTests(dataset),
        lambda found: "labels" in next(iter(found.values())),
    )
    judge.check(
        "DataSets.updateLabels",
        lambda: api.updateLabels(dataset, {"labels": ["C1"], "optionalLabels": []}, "1"),
        fine,
    )
    judge.check("DataSets.deleteLabels", lambda: api.deleteLabels(dataset, "1"), lambda status: status in (200, 204))
