"""Methods of aepp that cannot do what they say, whatever the platform answers, each with the reason."""

KNOWN_FAULTS = {
    "DataIngestion.uploadLargeFileStartEnd": "takes the empty answer 201 for an error, as it reads JSON of all but 200 and 204",
    "DataIngestion.headFileStatus": "calls the headers as if they were a function, and so gives none of an answer 200",
    "DataAccess.getHeadFile": "calls the headers as if they were a function, and so gives none of an answer 200",
    "DataIngestion.replayBatch": "sends PATCH to /batches, which takes POST, and a dollar sign before each id",
    "DataIngestion.getPreviewBatchDataset": "does not send the parameter format, which the call requires",
    "Schema.importResource": "posts to /rpc/export/, which does not exist; resources are imported at /rpc/import",
    "Catalog.disableDatasetValidationContext": "sends a JSON Patch as application/json, which means members to merge",
    "FlowService.createFlowStreaming": "sends a schedule and a name for folders with a flow that runs by none",
    "Sandboxes.importPackage": "posts nothing to the address where an import is checked; its body is made and not sent",
    "Sandboxes.checkPermissions": "gives nothing back, whatever the answer",
    "Sandboxes.getPackageDependencies": "sends no list of objects, whose dependencies the call tells",
}
