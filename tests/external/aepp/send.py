"""Sends events with aepp for `cargo xtask bench push`, and tells what it took.

BENCH_INLET=… BENCH_FLOW=… python send.py NUMBER
"""

import contextlib
import json
import os
import sys
import time

from aepp import ingestion

from local_platform import LocalPlatform

# What the SDK puts into a request, too.
PER_REQUEST = 1_000


def main(count):
    platform = LocalPlatform(None)
    platform.variables = dict(os.environ)
    began = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(sys.stderr):
        platform.configure()
        client = ingestion.DataIngestion()
        inlet = os.environ["BENCH_INLET"].rsplit("/", 1)[-1]
        for start in range(0, count, PER_REQUEST):
            events = [
                {"number": number, "firstName": f"F{number}", "lastName": "Berg", "page": "/products/garden/chairs"}
                for number in range(start, min(start + PER_REQUEST, count))
            ]
            answer = client.streamMessages(inlet, events, flowId=os.environ["BENCH_FLOW"])
            taken = sum("xactionId" in one for one in answer["responses"])
            if taken != len(events):
                raise SystemExit(f"error: {taken} of {len(events)} events were taken")
    seconds, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": 0}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
