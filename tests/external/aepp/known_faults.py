"""Methods of aepp that cannot do what they say, whatever the platform answers, each with the reason."""

KNOWN_FAULTS = {}
