"""Keeps what came of each check. A method of aepp counts once, whatever number of checks it has."""

import contextlib
import io
import traceback
import warnings


class Judge:
    """Runs checks and remembers their outcome by method, such as `Schema.getSchema`."""

    def __init__(self, known_faults):
        self.known_faults = known_faults
        self.outcomes = {}

    def check(self, method, call, expect):
        """Calls a method and looks at its result: `expect` gives something true for a right one. Gives the result, or None.

        aepp prints errors and goes on, so what it prints is kept for the report and no exception alone is trusted.
        """
        printed = io.StringIO()
        result, problem = None, None
        try:
            with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = call()
        except Exception as error:  # Whatever aepp raises is the finding.
            problem = f"{type(error).__name__}: {error}, at {place_of(error)}"
        if problem is None:
            try:
                if not expect(result):
                    problem = f"gave {short(result)}"
            except Exception as error:  # The result has not the shape that is looked into.
                problem = f"gave {short(result)} ({type(error).__name__}: {error})"
        if problem is not None and printed.getvalue():
            problem += f"; printed {short(printed.getvalue())}"
        self.outcomes.setdefault(method, []).append(problem)
        return result

    def rows(self):
        """Method, state and remark of every method, in the order in which they were tried."""
        for method, problems in self.outcomes.items():
            problem = next((problem for problem in problems if problem is not None), None)
            reason = self.known_faults.get(method)
            if problem is None:
                yield method, "STALE" if reason else "ok", "passes, and is listed as a known fault" if reason else ""
            elif reason:
                yield method, "known", reason
            else:
                yield method, "FAILED", problem

    def report(self):
        """Prints the table and a line of counts; tells whether all is well."""
        rows = list(self.rows())
        for method, state, remark in rows:
            print(f"{method:<52} {state:<6} {remark}".rstrip())
        untried = [method for method in self.known_faults if method not in self.outcomes]
        for method in untried:
            print(f"{method:<52} STALE  listed as a known fault, and not tried")
        count = {state: sum(1 for row in rows if row[1] == state) for state in ("ok", "known", "FAILED", "STALE")}
        stale = count["STALE"] + len(untried)
        checks = sum(len(problems) for problems in self.outcomes.values())
        print(
            f"aepp: {len(rows)} methods tried by {checks} checks: {count['ok']} pass, {count['known']} known faults of aepp, "
            f"{count['FAILED']} failed, {stale} stale"
        )
        return count["FAILED"] == 0 and stale == 0


def place_of(error):
    """The last line of aepp or of a check that an exception went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/aepp/" in frame.filename]
    frame = (frames or traceback.extract_tb(error.__traceback__))[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"


def short(value):
    """A value on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= 400 else f"{text[:400]}…"
