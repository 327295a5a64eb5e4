"""The landing zone for files."""


def landing_zone(judge, world):
    api = world.flows
    judge.check("FlowService.getLandingZoneContainer", api.getLandingZoneContainer, lambda found: "containerName" in found)
    judge.check("FlowService.getLandingZoneContainerName", api.getLandingZoneContainerName, lambda found: found)
    judge.check("FlowService.getLandingZoneStorageName", api.getLandingZoneStorageName, lambda found: found)
    judge.check("FlowService.getLandingZoneContainerTTL", api.getLandingZoneContainerTTL, lambda found: found == 7)
    judge.check("FlowService.getLandingZoneStorageTTL", api.getLandingZoneStorageTTL, lambda found: found == 7)
    judge.check("FlowService.getLandingZoneCredential", api.getLandingZoneCredential, lambda found: "SASToken" in found)
    judge.check(
        "FlowService.getLandingZoneSASUri", api.getLandingZoneSASUri, lambda found: found.startswith("http") and "sig=" in found
    )
    judge.check("FlowService.getLandingZoneSASToken", api.getLandingZoneSASToken, lambda found: found)
    judge.check("FlowService.getLandingZoneStorageAccountName", api.getLandingZoneStorageAccountName, lambda found: found)
    judge.check("FlowService.getLandingZoneNamespace", api.getLandingZoneNamespace, lambda found: found)
    judge.check("FlowService.exploreLandingZone", api.exploreLandingZone, lambda found: isinstance(found, list))
    zone = "10440537-2a7b-4583-ac39-ed38d4b848e8"
    judge.check(
        "FlowService.getExportableDatasets",
        lambda: api.getExportableDatasets(zone),
        lambda found: isinstance(found, list) and found,
    )
    judge.check(
        "FlowService.getExportableDatasetsDLZ", api.getExportableDatasetsDLZ, lambda found: isinstance(found, list) and found
    )
