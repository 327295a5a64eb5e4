"""Batch ingestion."""

from world import fine, refused

PEOPLE = [{"_id": "p-1", "person": {"name": {"firstName": "Ada"}}}, {"_id": "p-2", "person": {"name": {"firstName": "Bela"}}}]


def upload(judge, world):
    api = world.ingestion
    made = judge.check(
        "DataIngestion.createBatch",
        lambda: api.createBatch(world.dataset, "json", multiline=True),
        lambda made: made["status"] == "loading" and made["relatedObjects"][0]["id"] == world.dataset,
    )
    world.batch = made["id"]
    judge.check(
        "DataIngestion.createBatch", lambda: api.createBatch("0" * 24), lambda error: refused(error, 404) or refused(error, 400)
    )
    judge.check(
        "DataIngestion.uploadSmallFile",
        lambda: api.uploadSmallFile(world.batch, world.dataset, "people.json", PEOPLE),
        lambda answer: answer in ({}, {"error": ""}),
    )
    judge.check(
        "DataIngestion.uploadSmallFileFinish",
        lambda: api.uploadSmallFileFinish(world.batch),
        fine,
    )
    world.platform.advance(5)
    judge.check(
        "DataIngestion.uploadSmallFileFinish",
        lambda: world.catalog.getBatch(world.batch)[world.batch],
        lambda batch: batch["status"] == "success" and batch["recordCount"] == 2,
    )
    judge.check(
        "DataIngestion.getPreviewBatchDataset",
        lambda: api.getPreviewBatchDataset(world.batch, world.dataset),
        lambda found: "Ada" in str(found),
    )


def large_files(judge, world):
    api = world.ingestion
    batch = api.createBatch(world.dataset, "json")["id"]
    first, second = b'{"_id": "p-3"}\n', b'{"_id": "p-4"}\n'
    total = len(first) + len(second)
    judge.check(
        "DataIngestion.uploadLargeFileStartEnd",
        lambda: api.uploadLargeFileStartEnd(batch, world.dataset, "large.json"),
        fine,
    )
    judge.check(
        "DataIngestion.uploadLargeFilePart",
        lambda: api.uploadLargeFilePart(batch, world.dataset, "large.json", first, f"bytes 0-{len(first) - 1}"),
        fine,
    )
    judge.check(
        "DataIngestion.uploadLargeFilePart",
        lambda: api.uploadLargeFilePart(batch, world.dataset, "large.json", second, f"bytes {len(first)}-{total - 1}"),
        fine,
    )
    judge.check(
        "DataIngestion.headFileStatus",
        lambda: api.headFileStatus(batch, world.dataset, "large.json"),
        lambda found: "range" in {name.lower() for name in found},
    )
    judge.check(
        "DataIngestion.uploadLargeFileStartEnd",
        lambda: api.uploadLargeFileStartEnd(batch, world.dataset, "large.json", "COMPLETE"),
        fine,
    )
    api.uploadSmallFileFinish(batch)
    world.platform.advance(5)
    judge.check(
        "DataIngestion.uploadLargeFilePart",
        lambda: world.catalog.getBatch(batch)[batch],
        lambda found: found["status"] == "success" and found["recordCount"] == 2,
    )


def failures(judge, world):
    api = world.ingestion
    world.failed_batch = api.createBatch(world.dataset, "json", enableDiagnostic=True)["id"]
    api.uploadSmallFile(world.failed_batch, world.dataset, "wrong.json", {"_id": "p-5", "person": "nobody"})
    api.uploadSmallFileFinish(world.failed_batch)
    world.platform.advance(5)
    judge.check(
        "DataIngestion.uploadSmallFileFinish",
        lambda: world.catalog.getBatch(world.failed_batch)[world.failed_batch],
        lambda batch: batch["status"] == "failed" and batch["errors"],
    )


def life(judge, world):
    api = world.ingestion
    batch = api.createBatch(world.dataset, "json")["id"]
    judge.check(
        "DataIngestion.uploadSmallFileFinish",
        lambda: api.uploadSmallFileFinish(batch, "ABORT"),
        fine,
    )
    judge.check(
        "DataIngestion.uploadSmallFileFinish",
        lambda: world.catalog.getBatch(batch)[batch]["status"],
        lambda status: status == "aborted",
    )
    batch = api.createBatch(world.dataset, "json")["id"]
    api.uploadSmallFile(batch, world.dataset, "again.json", {"_id": "p-6"})
    api.uploadSmallFileFinish(batch)
    world.platform.advance(5)
    judge.check("DataIngestion.replayBatch", lambda: api.replayBatch(world.dataset, [batch]), lambda answer: "id" in answer)
    judge.check("DataIngestion.deleteBatch", lambda: api.deleteBatch(batch), fine)
    world.platform.advance(5)
    judge.check(
        "DataIngestion.deleteBatch",
        lambda: world.catalog.getBatch(batch)[batch]["status"],
        lambda status: status in ("inactive", "deleted"),
    )
