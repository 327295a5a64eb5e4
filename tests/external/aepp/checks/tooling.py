"""Sandbox tooling: packages."""

from aepp import schema
from world import PROFILE, fine, has, refused


def packages(judge, world):
    api = world.sandboxes
    artifact = {"id": world.dataset, "type": "CATALOG_DATASET", "title": "Judged contacts"}
    made = judge.check(
        "Sandboxes.createPackage",
        lambda: api.createPackage("Judged package", artifacts=[artifact]),
        lambda made: has(made, name="Judged package", status="DRAFT"),
    )
    id_ = (made or {}).get("id", "none")
    judge.check("Sandboxes.getPackage", lambda: api.getPackage(id_), lambda found: has(found, id=id_, name="Judged package"))
    judge.check("Sandboxes.getPackages", api.getPackages, lambda found: id_ in [one["id"] for one in found])
    judge.check(
        "Sandboxes.updatePackage",
        lambda: api.updatePackage(id_, "UPDATE", name="Judged package, renamed"),
        fine,
    )
    judge.check(
        "Sandboxes.updatePackage", lambda: api.getPackage(id_), lambda found: has(found, name="Judged package, renamed")
    )
    contacts = {"id": world.schema, "type": "REGISTRY_SCHEMA", "title": "Judged contacts"}
    judge.check(
        "Sandboxes.updatePackage",
        lambda: api.updatePackage(id_, "ADD", artifacts=[contacts]),
        fine,
    )
    judge.check("Sandboxes.updatePackage", lambda: api.getPackage(id_)["artifactsList"], lambda found: len(found) == 2)
    judge.check(
        "Sandboxes.getPackageDependencies",
        lambda: api.getPackageDependencies(id_),
        fine,
    )
    judge.check("Sandboxes.publishPackage", lambda: api.publishPackage(id_), fine)
    world.platform.advance(5)
    judge.check(
        "Sandboxes.getImportExportJobs",
        lambda: api.getImportExportJobs(exportsOnly=True),
        lambda found: isinstance(found, dict) and found.get("data"),
    )
    api.createSandbox("copy", "Copy")
    world.platform.advance(5)
    judge.check("Sandboxes.importPackageCheck", lambda: api.importPackageCheck(id_, "copy"), lambda error: refused(error, 404))
    # What is imported goes beside something.
    schema.Schema(sandbox="copy").createSchema(
        {"type": "object", "title": "Judged contacts", "description": "", "allOf": [{"$ref": PROFILE}]}
    )
    judge.check(
        "Sandboxes.importPackageCheck",
        lambda: api.importPackageCheck(id_, "copy"),
        fine,
    )
    judge.check("Sandboxes.importPackage", lambda: api.importPackage(id_, "copy"), lambda found: "id" in found)
    judge.check("Sandboxes.checkPermissions", lambda: api.checkPermissions(id_, "copy"), lambda found: found is not None)
    other = api.createPackage("Judged and gone", artifacts=[artifact])
    judge.check(
        "Sandboxes.deletePackage",
        lambda: api.deletePackage((other or {}).get("id", "none")),
        lambda status: status in (200, 204),
    )
    judge.check(
        "Sandboxes.getPackage", lambda: api.getPackage((other or {}).get("id", "none")), lambda error: refused(error, 404)
    )
