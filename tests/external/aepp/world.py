"""What the checks share: aepp's clients, and the resources that one group makes and another uses."""

from aepp import accesscontrol, catalog, dataaccess, dataprep, datasets, flowservice, identity, ingestion, sandboxes, schema

PROFILE = "https://ns.adobe.com/xdm/context/profile"
EVENT = "https://ns.adobe.com/xdm/context/experienceevent"
PERSON = "https://ns.adobe.com/xdm/context/profile-person-details"
CONTACT = "https://ns.adobe.com/xdm/context/profile-personal-details"

SALESFORCE = "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5"
DATA_LAKE = "c604ff05-7f1a-43c0-8e18-33bf874cb11c"
CRM_TO_AEP = "14518937-270c-4525-bdec-c2ba7cce3860"

# A base connection that every sandbox has from the start, with a table named Contact.
BASE = "6990abad-977d-41b9-a85d-17ea8cf1c0e4"

UNKNOWN = "00000000-0000-4000-8000-000000000000"


class World:
    """Clients of one emulator. Attributes for resources are set by the group that makes them."""

    def __init__(self, platform):
        self.platform = platform
        connection = platform.configure()
        self.connection = connection
        self.schemas = schema.Schema()
        self.catalog = catalog.Catalog()
        self.data_prep = dataprep.DataPrep()
        self.flows = flowservice.FlowService()
        self.ingestion = ingestion.DataIngestion()
        self.data_access = dataaccess.DataAccess()
        self.sandboxes = sandboxes.Sandboxes()
        self.labels = datasets.DataSets()
        self.access = accesscontrol.AccessControl()
        self.identities = identity.Identity()
        # The one client that takes no address from the configuration.
        self.identities.endpoint = platform.url + "/data/core"


def has(value, **members):
    """Whether a dict has these members, `dollar_id` standing for `$id`."""
    names = {"dollar_id": "$id"}
    return isinstance(value, dict) and all(value.get(names.get(name, name)) == wanted for name, wanted in members.items())


def refused(value, status):
    """Whether a result is an error of this status, which aepp gives as it came."""
    return isinstance(value, dict) and str(value.get("status", "")) == str(status)


def fine(value):
    """Whether a result is no error: aepp gives refusals as they came, and an `error` where it could not read the answer."""
    if not isinstance(value, dict):
        return value is not None
    status = value.get("status")
    return "error" not in value and "error_code" not in value and not (isinstance(status, int) and status >= 400)


def only(mapping):
    """The only key of a dict, as Catalog answers."""
    (key,) = mapping
    return key


def reference(answer, kind):
    """The id in `["@/dataSets/ID"]`."""
    (text,) = answer
    prefix = f"@/{kind}/"
    return text[len(prefix) :] if text.startswith(prefix) else None
