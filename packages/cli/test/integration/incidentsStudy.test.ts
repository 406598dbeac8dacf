import { type Stack, stackStatus, stackUp } from "@onsale/devstack";
import { incidentReportSchema } from "@onsale/simulator/study";
import { expect } from "chai";
import { runIncidentsStudy } from "../../src/study/runIncidentsStudy.ts";
import { runOnsale } from "../support/runOnsale.ts";

// The study uses the servers of the devstack, as a drill does.
const { MYSQL_URL: _mysql, REDIS_URL: _redis, KAFKA_BROKERS: _kafka, ...env } = process.env;
const NO_SERVERS = { MYSQL_URL: "", REDIS_URL: "", KAFKA_BROKERS: "" };

describe("onsale study incidents on the test servers", function () {
  this.timeout(120_000);
  const stopping = new AbortController();
  let stack: Stack;
  let wasUp = false;

  before(async () => {
    wasUp = (await stackStatus({ env })).every(({ ready }) => ready);
    stack = await stackUp({ env });
  });
  after(async () => {
    stopping.abort();
    if (!wasUp) await stack.down();
  });

  it("samples every resource, and finds the data whole at the end", async () => {
    const lines: string[] = [];
    const report = await runIncidentsStudy({
      ...{ stack, status: await stack.status(), buyerCounts: [60], seats: 60, thinkMs: 100 },
      ...{ windowMs: 5_000, isCompared: false, findingMs: 0, signal: stopping.signal },
      room: { activeCountMax: 60, admissionRatePerMinute: 60_000, activeTtlMs: 60_000 },
      say: (line) => void lines.push(line),
    });
    const [incident] = incidentReportSchema.parse(JSON.parse(JSON.stringify(report))).incidents;
    if (!incident) throw new Error("there is one incident");
    const { repaired } = incident;
    expect(repaired.isDrained, lines.join("\n")).to.equal(true);
    expect(repaired.invariants.filter(({ holds }) => holds)).to.have.length(10);
    expect(repaired.sale).to.include({ arrived: 80, seats: 60 });
    expect(repaired.sale.seatsSold).to.be.above(0);
    expect(repaired.before.traffic.holds.accepted).to.be.above(0);
    expect(repaired.samples.length).to.be.at.least(8);
    const [first] = repaired.samples.filter(({ api, queue, mysql }) => api && queue && mysql);
    expect(first?.cpu).to.include.keys("api", "worker", "mysql", "redis", "buyers");
    expect(lines.join("\n")).to.include("60 buyers arrive");
  });

  it("refuses servers of the environment, and a number of buyers that is none", async () => {
    const foreign = await runOnsale(["study", "incidents"], {
      MYSQL_URL: "mysql://root@db.example/onsale",
    });
    expect(foreign).to.include({ code: 3 });
    const none = await runOnsale(["study", "incidents", "--buyers", "many"], NO_SERVERS);
    expect(none).to.include({ code: 2 });
  });
});
