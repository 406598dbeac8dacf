import { readFile } from "node:fs/promises";
import { incidentReportSchema } from "@onsale/simulator/study";
import { expect } from "chai";
import { drawIncidents, isGood } from "../../src/study/drawIncidents.ts";
import { apiMetrics } from "../../src/study/incidentSampler.ts";
import { incidentsPage } from "../../src/study/incidentsPage.ts";
import {
  INCIDENTS_FOLDER,
  incidentFiles,
  readIncidentReport,
} from "../../src/study/writeIncidentsPage.ts";
import { incidentReport, incidentRun } from "../support/incidentReports.ts";

describe("the page of incidents", () => {
  it("is committed as generated from its figures, with its charts", async () => {
    for (const [name, text] of incidentFiles(await readIncidentReport())) {
      const committed = await readFile(new URL(name, INCIDENTS_FOLDER), "utf8");
      expect(committed === text, `run \`pnpm docs:incidents\` (${name})`).to.equal(true);
    }
  });

  it("compares the stretches, and names what saturates first", () => {
    const page = incidentsPage(incidentReport());
    expect(page).to.include("| holds, 95 % within | 4.2 s | 310 ms | 3.9 s |");
    expect(page).to.include("| holds accepted a second | 15.0 | 15.0 | 15.0 |");
    expect(page).to.include("| queue status, 95 % within | - | - | - |");
    expect(page).to.match(
      /in the same second: the cores of the machine and the pool .*, 1.0 s after the arrival; then/,
    );
    expect(page).to.include("the event loop of the API: 140 ms at most");
    expect(page).to.include("the connections of MySQL: 0 % at most, not saturated");
  });

  it("has the findings of doctor and the steps of the runbook", () => {
    const page = incidentsPage(incidentReport());
    expect(page).to.include("| 3.0 s | `OVERLOADED` | a small read took \\| 900 ms | 1 |");
    expect(page).to.include("ended as DONE after 5.3 s; plan 2 was executed.");
    expect(page).to.include("| 10.2 s | lower-admission | passed | MySQL 12 ms |");
    expect(page).to.not.include("| reached |");
  });

  it("changes every figure when the measured figures change", () => {
    const slow = incidentRun({ sale: { ...incidentRun().sale, seatsSold: 1234 } });
    const page = incidentsPage(incidentReport({ incidents: [{ buyers: 77, repaired: slow }] }));
    expect(page)
      .to.include("## 77 buyers at the same time")
      .and.include("1,234 of 2,000 seats sold");
    expect(page).to.not.include("Without it").and.not.include("1,800");
  });

  it("warns when other programs used the cores during the measurement", () => {
    const warning = "They disturbed the measurement.";
    expect(incidentsPage(incidentReport()))
      .to.include("| Other programs | used 0.99 of 2 cores at most")
      .and.include(warning);
    const own = (machineCores: number) => {
      const { before, after } = incidentRun();
      const stretches = { before: { ...before, machineCores }, after: { ...after, machineCores } };
      return incidentReport({ incidents: [{ buyers: 10, repaired: incidentRun(stretches) }] });
    };
    expect(incidentsPage(own(1.1)))
      .to.include("used 0.18 of 2 cores")
      .and.not.include(warning);
    expect(incidentsPage(own(1.2))).to.include(warning);
  });

  it("says that the runbook was not executed without a finding", () => {
    const repaired = incidentRun({ findings: [], runbooks: [] });
    const report = incidentReport({ incidents: [{ buyers: 10, repaired }] });
    expect(incidentsPage(report)).to.include("It was not executed");
    expect(incidentsPage(report)).to.include("It found nothing.");
    expect(drawIncidents(report)).to.include("not executed: doctor did not find OVERLOADED");
    expect(isGood(report)).to.equal(false);
  });
});

describe("the result of the study of incidents", () => {
  it("is good only with a runbook that ended as done, and with whole data in both runs", () => {
    expect(isGood(incidentReport())).to.equal(true);
    const broken = incidentRun({
      invariants: [{ id: "I1", title: "one live reservation", holds: false, rowsRead: 7 }],
    });
    for (const left of [broken, incidentRun({ isDrained: false }), incidentRun({ invariants: [] })])
      expect(
        isGood(incidentReport({ incidents: [{ buyers: 1, repaired: incidentRun(), left }] })),
      ).to.equal(false);
    expect(drawIncidents(incidentReport({ incidents: [{ buyers: 1, repaired: broken }] })))
      .to.include("broken: I1")
      .and.not.include("SAME TIME WITHOUT IT");
  });

  it("is read back from its file as it was written", () => {
    const report = incidentReport();
    const stored: unknown = JSON.parse(JSON.stringify(report));
    expect(incidentReportSchema.parse(stored)).to.deep.equal(stored);
  });

  it("takes the figures of the API from its metrics", () => {
    const text = [
      "# HELP onsale_http_requests_in_flight Requests being worked on",
      "onsale_http_requests_in_flight 12",
      "onsale_mysql_pool_in_use 16",
      "onsale_mysql_pool_waiting 3",
      "nodejs_eventloop_lag_p99_seconds 0.0426",
    ];
    expect(apiMetrics(text.join("\n"))).to.deep.equal({
      ...{ inFlight: 12, poolInUse: 16, poolWaiting: 3, loopDelayMs: 43 },
    });
    expect(() => apiMetrics(text.slice(0, 2).join("\n"))).to.throw("onsale_mysql_pool_in_use");
  });
});
