# SPDX-License-Identifier: MIT
"""Repeats tests that failed during a stall of the machine.

Such a run is inconclusive and counts neither as passed nor as failed. The test is repeated until a run is conclusive, up to MAXIMUM_RUNS
runs; without a conclusive run it has failed. A fault that occurs in each run can therefore never pass. The summary lists the repeated tests
with the reason, and its last line has the number of repeats.
"""

import pytest
from _pytest.junitxml import xml_key
from _pytest.runner import runtestprotocol

MAXIMUM_RUNS = 4


class Inconclusive(AssertionError):
    """Raised by a test whose measuring program has its own witness."""


class Repeats:
    """The pytest plug-in. `explain(item)` returns the stalls that may have caused the test's failure, or an empty string."""

    def __init__(self, explain):
        self.explain = explain
        self.repeated = []      # (test, reason)
        self.unconcluded = []   # tests

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = (yield).get_result()
        report.inconclusive = None
        if call.when == "call" and report.failed and call.excinfo.errisinstance(AssertionError):
            error = call.excinfo.value
            reason = str(error) if isinstance(error, Inconclusive) else self.explain(item)
            if reason:
                said = "" if isinstance(error, Inconclusive) else str(error).strip().partition("\n")[0]
                report.inconclusive = f"{reason}; error: {said}" if said else reason

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reasons = []
        while True:
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            reason = next((report.inconclusive for report in reports if report.inconclusive), None)
            # An error in a fixture is a failure of its own.
            if not reason or any(report.failed and not report.inconclusive for report in reports):
                break
            reasons.append(reason)
            if len(reasons) == MAXIMUM_RUNS:
                self.failed(reports, reasons)
                break
            self.repeat(item, reports)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def repeat(self, item, reports):
        for report in reports:
            if report.inconclusive:
                report.outcome = "repeated"
                item.ihook.pytest_runtest_logreport(report=report)
        item._initrequest()  # makes all fixtures again, as for the first run

    @staticmethod
    def failed(reports, reasons):
        for report in reports:
            if report.inconclusive:
                report.unconcluded = True
                report.sections.append((f"no conclusive run of {MAXIMUM_RUNS}", "\n".join(reasons)))

    def pytest_runtest_logreport(self, report):
        """If tests run in several processes, only their reports reach the process that writes the summary."""
        if report.outcome == "repeated":
            self.repeated.append((report.nodeid, report.inconclusive))
        elif getattr(report, "unconcluded", False):
            self.unconcluded.append(report.nodeid)

    def pytest_report_teststatus(self, report):
        if report.outcome == "repeated":
            return "repeated", "R", ("REPEATED", {"yellow": True})
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        if xml := session.config.stash.get(xml_key, None):
            xml.add_global_property("repeated", str(len(self.repeated)))

    def pytest_terminal_summary(self, terminalreporter):
        for test, reason in self.repeated:
            terminalreporter.write_line(f"REPEATED {test}: {reason}")
        for test in self.unconcluded:
            terminalreporter.write_line(f"INCONCLUSIVE {test}: no conclusive run of {MAXIMUM_RUNS}, which counts as failed")
