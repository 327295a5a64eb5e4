"""Labels of datasets."""

from world import refused


def labels(judge, world):
    api, dataset = world.labels, world.dataset
    body = {"labels": [["C1", "C2"]], "optionalLabels": []}
    judge.check("DataSets.createLabels", lambda: api.createLabels(dataset, body), lambda answer: not refused(answer, 400) and "error" not in answer)
    found = judge.check("DataSets.getLabelSchemaTests", lambda: api.getLabelSchemaTests(dataset), lambda found: "labels" in found)
    judge.check("DataSets.headLabels", lambda: api.headLabels(dataset), lambda found: "etag" in {name.lower() for name in found})
    etag = (found or {}).get("eTag") or (found or {}).get("etag") or "1"
    judge.check("DataSets.updateLabels", lambda: api.updateLabels(dataset, {"labels": [["C1"]], "optionalLabels": []}, etag), lambda answer: "error" not in answer)
    judge.check("DataSets.deleteLabels", lambda: api.deleteLabels(dataset, etag), lambda status: status in (200, 204))
