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

  it("sets limit and zone of a performance, and keeps seats back with a reason", async () => {
    await execute("concert", "create", "--from", SAMPLE);
    const { concerts } = await json("concert", "list");
    const { id } = concerts.at(-1).performances[0];
    const performance = String(id);
    const rules = ["--seats-per-buyer", "2", "--time-zone", "America/New_York"];
    await execute("performance", "edit", performance, ...rules);
    const row = ["--section", "Floor", "--row", "A"];
    const block = ["performance", "block", performance, ...row, "--for", "camera position"];
    expect(await execute(...block)).to.include({ status: "DONE", changed: 20 });
    const drawn = await run("concert", "seats", performance);
    expect(drawn.stdout).to.include("F A xxxxxxxxxxxxxxxxxxxx");
    expect(drawn.stderr)
      .to.include("2027-05-01 06:30:00-04:00")
      .and.include("camera position: F A-1, F A-2")
      .and.include("20 kept back (x)");
    const shown = await json("concert", "seats", performance);
    expect(shown.performance).to.include({ seatsPerBuyerMax: 2, timeZone: "America/New_York" });
    expect(shown.counts).to.include({ AVAILABLE: 100, BLOCKED: 20 });
    await execute("performance", "unblock", performance, "--seat", "F A-1");
    const free = await json("concert", "seats", performance);
    expect(free.counts).to.include({ AVAILABLE: 101, BLOCKED: 19 });
    const wrong = ["performance", "block", performance, "--seat", "Z-9", "--for", "x"];
    const refused = await run(...wrong);
    expect(refused.code).to.equal(2);
    expect(`${refused.stdout}${refused.stderr}`).to.include("no seat Z-9");
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
