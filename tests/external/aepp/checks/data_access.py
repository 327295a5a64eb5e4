"""Data Access: the files that batches left."""

from world import refused


def files(judge, world):
    api = world.data_access
    found = judge.check(
        "DataAccess.getBatchFiles",
        lambda: api.getBatchFiles(world.batch),
        lambda found: len(found) == 1 and "dataSetFileId" in found[0],
    )
    file_id = found[0]["dataSetFileId"]
    judge.check("DataAccess.getBatchFiles", lambda: api.getBatchFiles("none"), lambda error: refused(error, 404))
    parts = judge.check("DataAccess.getFiles", lambda: api.getFiles(file_id), lambda found: len(found["data"]) == 1)
    name = parts["data"][0]["name"]
    judge.check("DataAccess.getFiles", lambda: api.getFiles(file_id, path=name), lambda content: content)
    judge.check(
        "DataAccess.getHeadFile",
        lambda: api.getHeadFile(file_id, name),
        lambda found: "content-length" in {header.lower() for header in found},
    )
    judge.check(
        "DataAccess.getBatchFailed",
        lambda: api.getBatchFailed(world.failed_batch),
        lambda found: isinstance(found, list) and found,
    )
    judge.check("DataAccess.getBatchMeta", lambda: api.getBatchMeta(world.failed_batch), lambda found: "data" in found)
    judge.check("DataAccess.getPreview", lambda: api.getPreview(world.dataset), lambda found: "Ada" in str(found))
    judge.check(
        "DataAccess.getResource",
        lambda: api.getResource(f"{api.endpoint}/batches/{world.batch}/files"),
        lambda found: len(found["data"]) == 1,
    )
