"""Has aepp, Adobe's own Python client, do its work on the local platform, and checks what it gets.

python run.py TARGET/debug/aep-emulator
"""

import faulthandler
import sys

from checks import GROUPS
from judge import Judge
from known_faults import KNOWN_FAULTS
from local_platform import LocalPlatform
from world import World

# Seconds; all of it takes a few.
TIME_LIMIT = 300


def main(arguments):
    if len(arguments) != 1:
        print("usage: python run.py PATH_OF_AEP_EMULATOR", file=sys.stderr)
        return 2
    # A call that never ends shows where it stands.
    faulthandler.dump_traceback_later(TIME_LIMIT, exit=True)
    judge = Judge(KNOWN_FAULTS)
    with LocalPlatform(arguments[0]) as platform:
        world = World(platform)
        for group in GROUPS:
            try:
                group(judge, world)
            except Exception as error:  # One group needs what another should have made.
                judge.check(f"({group.__module__}.{group.__name__})", lambda error=error: raise_again(error), lambda _: True)
        examples = sorted({request["operation"] for request in platform.requests() if request.get("example")})
    if examples:
        print(f"answered from the documents' examples, without a state: {', '.join(examples)}")
    return 0 if judge.report() else 1


def raise_again(error):
    raise error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
