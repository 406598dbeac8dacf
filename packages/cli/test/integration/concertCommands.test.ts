import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

const SAMPLE = fileURLToPath(
  new URL("../../../../docs/operate/examples/concert.yaml", import.meta.url),
);

describe("onsale concert on the test servers", () => {
  let stack: TestStack;
  const run = (...words: string[]) => runInProcess(words, stack.env);
  const json = async (...words: string[]) => {
    const { stdout, stderr, code } = await run(...words, "--json");
    expect(code, `${stdout}${stderr}`).to.equal(0);
    return JSON.parse(stdout).data;
  };
  const execute = async (...words: string[]) => {
    await json(...words);
    return json(...words, "--execute");
  };

  before(async () => {
    stack = await newTestStack({ migrated: true });
  });
  after(() => stack.drop());

  it("creates the sample of the documentation, edits it, and ends and opens its sale", async () => {
    const planned = await run("concert", "create", "--from", SAMPLE, "--dry-run");
    expect(planned.stdout).to.include("127 seats would change").and.include("Olympic Hall");
    expect(await json("concert", "list")).to.deep.equal({ concerts: [] });
    const created = await execute("concert", "create", "--from", SAMPLE);
    expect(created).to.include({ status: "DONE", changed: 127 });
    const [concert] = (await json("concert", "list")).concerts;
    expect(concert).to.include({ title: "Onsale Demo Night", queueId: "demo-night" });
    const [first, second] = concert.performances;
    expect(first).to.include({ saleOpensAt: "2027-04-01T01:00:00.000Z", availableSeats: 120 });
    expect(second).to.include({ venue: "Club Hall", availableSeats: 7 });
    const [queue] = (await json("queue", "status", "demo-night")).queues;
    expect(queue.settings).to.include({ activeCountMax: 200, mode: "paused" });

    await execute("concert", "edit", String(concert.id), "--title", "Encore");
    const { auditId } = await execute("concert", "close", String(concert.id));
    const [closed] = (await json("concert", "list")).concerts;
    expect(closed.title).to.equal("Encore");
    for (const { saleClosesAt } of closed.performances) {
      expect(Date.parse(saleClosesAt)).to.be.at.most(Date.now());
    }
    await execute("undo", String(auditId));
    const [opened] = (await json("concert", "list")).concerts;
    expect(opened.performances).to.deep.equal(
      concert.performances.map((one: object) => ({
        ...one,
        title: "Encore",
      })),
    );
  });

  it("exits 2 with every mistake when the file is wrong, and writes nothing", async () => {
    const before = await json("concert", "list");
    const { code, stderr } = await runOnsale(
      ["performance", "add", "1", "--from", SAMPLE],
      stack.env,
    );
    expect(code).to.equal(2);
    expect(stderr).to.include("FILE_INVALID").and.include("startsAt").and.include("venue");
    expect(await json("concert", "list")).to.deep.equal(before);
  });
});
