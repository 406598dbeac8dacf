import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { benchReportSchema } from "@onsale/simulator/bench";
import { expect } from "chai";
import { runOnsale, startOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

/** The smallest size: one round of few operations. */
const TINY = ["--rounds", "1", "--operations", "20", "--in-flight", "8", "--json"];

/** Sizes of `bench all`. */
const SIZES = [
  ...["--waiting", "50", "--queue-processes", "1"],
  ...["--seats", "30", "--published", "1000"],
];

/** This checkout, as another version. */
const CHECKOUT = fileURLToPath(new URL("../../../..", import.meta.url));

describe("onsale bench", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  async function bench(...words: readonly string[]) {
    const { code, stdout, stderr } = await runOnsale(["bench", ...words, ...TINY], stack.env);
    expect(code, `${stderr}${stdout}`).to.equal(0);
    const { benches } = benchReportSchema.parse(JSON.parse(stdout).data);
    for (const { name, comparisons, invariants } of benches) {
      expect(invariants).to.have.length(10);
      for (const { product, yardstick } of comparisons) {
        expect(product.cpuUs).to.include.keys(name === "relay" ? "worker" : "api", "load");
        const warmUps = [...product.warmUps, ...yardstick.warmUps];
        for (const round of [...warmUps, ...product.rounds, ...yardstick.rounds]) {
          expect(round.accepted + round.refused).to.equal(20);
          expect(round.failedBy).to.deep.equal({});
        }
      }
    }
    return { benches, stderr };
  }

  const databases = () => stack.query("SHOW DATABASES LIKE 'onsale\\_bench\\_%'");

  it("all: runs every benchmark against its yardstick, and removes its data", async () => {
    const { benches, stderr } = await bench("all", ...SIZES);
    const sides = benches.flatMap(({ name, comparisons }) =>
      comparisons.map(({ title, product, yardstick }) => {
        return `${name}, ${title}: ${product.name} and ${yardstick.name}`;
      }),
    );
    expect(sides).to.include.members([
      "holds, 8 in flight: 2 API processes and V0, 16 connections",
      "holds, 1 in flight: 2 API processes and V0, 1 connection",
      "charges, 8 in flight: 2 API processes and V0, 16 connections",
      "payments, 8 in flight: 2 API processes and V0, 16 connections",
      "hot, 8 in flight: 2 API processes and V0, 16 connections",
      "join, 8 in flight: 1 API process and bare Koa, one Redis GET",
      "status, 8 in flight: 1 API process and bare Koa, one Redis GET",
      "seats, 8 in flight: 1 API process and bare Koa, the same bytes",
      "crowd, holds at 100/s: 50 waiting and none waiting",
      "crowd, payments at 100/s: 50 waiting and none waiting",
      "relay, 12,500 messages/s: 1,000 published and none published",
    ]);
    for (const { name, comparisons } of benches) {
      const refused = comparisons.flatMap(({ product }) =>
        product.rounds.flatMap(({ refusedBy }) => Object.keys(refusedBy)),
      );
      if (name !== "hot") expect(refused, name).to.deep.equal([]);
      for (const reason of refused) expect(reason).to.match(/^409 SEAT_/);
    }
    const holds = benches.find(({ name }) => name === "holds");
    expect(holds?.profile?.packages).to.have.length.greaterThan(0);
    expect(holds?.comparisons[0]?.product.rounds[0]?.memoryMb.api).to.have.length(2);
    const crowd = benches.find(({ name }) => name === "crowd");
    expect(crowd?.comparisons[0]?.product.cpuUs).to.include.keys("queue", "crowd");
    expect(crowd?.notes?.[0]).to.match(/^50 waiting buyers polled .* 0 polls were refused/);
    expect(stderr).to.include("to go");
    expect(await databases()).to.deep.equal([]);
    // Makes a dozen databases and some thirty processes, which takes long on a busy machine.
  }).timeout(240_000);

  it("holds: compares a lone client with one of another checkout", async () => {
    const { benches } = await bench("holds", "--against", CHECKOUT);
    const { product, yardstick } = benches[0]?.comparisons[2] ?? {};
    expect(product?.name).to.equal("2 API processes");
    expect(yardstick?.name).to.match(/^[0-9a-f]{7,}$/);
    expect(yardstick?.cpuUs).to.include.keys("api", "load");
    expect(await databases()).to.deep.equal([]);
  }).timeout(120_000);

  it("stops the processes that it started, and removes its data, after Ctrl-C", async () => {
    const running = startOnsale(["bench", "join", "--rounds", "50", "--seconds", "1"], stack.env);
    await running.said("round 1 of 50");
    const children = await childrenOf(running.child.pid ?? 0);
    expect(children).to.have.length.greaterThan(2);
    running.child.kill("SIGINT");
    const { code, stderr } = await running.finished;
    expect(code, stderr).to.equal(130);
    expect(children.filter((pid) => existsSync(`/proc/${pid}`))).to.deep.equal([]);
    expect(await databases()).to.deep.equal([]);
  });
});

/** The child processes of a process: API processes, load generators and the bare server. */
async function childrenOf(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter((one) => one !== "");
}

describe("onsale bench invariants", () => {
  let stack: TestStack;

  before(async () => {
    stack = await newTestStack({ migrated: false });
  });
  after(() => stack.drop());

  it("checks a sale of the requested size, and drops its database", async () => {
    const words = ["bench", "invariants", "--reservations", "200", "--json"];
    const { code, stdout, stderr } = await runOnsale(words, stack.env);
    expect(code, stderr).to.equal(0);
    const { data } = JSON.parse(stdout);
    const rowsRead = Object.fromEntries(
      data.report.results.map(({ id, rowsRead }: { id: string; rowsRead: number }) => [
        id,
        rowsRead,
      ]),
    );
    expect(data.report.holds).to.equal(true);
    expect(rowsRead).to.include({ I9: 200, I7: 101 });
    expect(data.peakMib).to.be.at.least(data.idleMib);
    expect(await stack.query(`SHOW DATABASES LIKE '${data.database}'`)).to.deep.equal([]);
  });
});
