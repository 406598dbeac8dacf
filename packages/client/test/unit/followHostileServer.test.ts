import { expect } from "chai";
import { createVisit } from "../../src/visit.ts";
import { accepted, linkOn, overloaded } from "../support/fakeEnvironment.ts";
import { eventText, PATHS, positionText, waiting } from "../support/fakeQueue.ts";
import { followerOfEachTest } from "../support/placeFollower.ts";

const { POLL, STATUS } = PATHS;
const POSITION = positionText(4, 1).split("data:").at(-1)?.trim();

describe("following a place on a server that misbehaves", () => {
  const buyer = followerOfEachTest();

  for (const [what, text] of [
    ["no JSON", "event:place\ndata:<html>\n\n"],
    ["null in place of a place", "event:place\ndata:null\n\n"],
    ["a place without a token", "event:place\ndata:{}\n\n"],
    ["a position that is no number", 'event:position\ndata:{"position":"x"}\n\n'],
  ] as const) {
    it(`connects again after an event with ${what}, and keeps place and token`, async () => {
      await buyer.follow();
      buyer.stream().send(text);
      await buyer.environment.advance(10);
      expect(buyer.stream().isOpen()).to.equal(false);
      expect([buyer.positions, buyer.failure, buyer.visit.token]).to.deep.equal([
        [5],
        undefined,
        "token-5",
      ]);
      await buyer.environment.advance(4_000);
      expect(buyer.queue.streams).to.have.length(2);
      buyer.stream().send(positionText(3, 2));
      await buyer.environment.advance(10);
      expect(buyer.positions).to.deep.equal([5, 3]);
    });
  }

  it("ignores an event that the end of its connection cuts in the middle", async () => {
    await buyer.follow();
    buyer.stream().send(positionText(2, 3).trimEnd());
    buyer.stream().end();
    await buyer.environment.advance(4_000);
    expect([buyer.positions, buyer.stream().lastEventId]).to.deep.equal([[5], null]);
  });

  for (const [advised, connections] of [
    ["0", 30],
    ["99999999999999", 2],
  ] as const) {
    it(`connects neither in a storm nor never again after retry:${advised}`, async () => {
      await buyer.follow();
      for (let round = 0; round < 120; round += 1) {
        if (buyer.stream().isOpen()) {
          buyer.stream().send(`retry:${advised}\n\n${positionText(4, 1)}`);
          buyer.stream().end();
        }
        await buyer.environment.advance(100);
      }
      await buyer.environment.advance(60_000);
      expect(buyer.queue.streams.length).to.be.within(2, connections);
    });
  }

  it("sends no event id that a header cannot hold", async () => {
    await buyer.follow();
    buyer.stream().send(`id:${"x".repeat(20_000)}\nevent:position\ndata:${POSITION}\n\n`);
    await buyer.environment.advance(10);
    buyer.stream().end();
    await buyer.environment.advance(4_000);
    expect(buyer.stream().lastEventId).to.equal(null);
  });

  it("polls without a storm when the advised pause is zero", async () => {
    buyer.queue.place = waiting(5, { pollAfterMs: 0 });
    buyer.visit = createVisit(linkOn(buyer.environment), { queueId: "main", token: "t" });
    // Without a pause, the time would never move on.
    buyer.queue.pollRefusal = () => {
      if (buyer.queue.timesOf(POLL).length > 100) buyer.stopping.abort();
      return accepted(buyer.queue.place);
    };
    await buyer.follow({ live: false });
    await buyer.environment.advance(1_000);
    expect(buyer.queue.timesOf(POLL).length).to.be.within(2, 22);
  });

  for (const status of [
    {},
    null,
    { generation: 1, admittedCount: "x", waits: [] },
    { generation: 1, admittedCount: 1, waits: [{}] },
  ]) {
    it(`goes on after the status ${JSON.stringify(status)}`, async () => {
      buyer.queue.streamRefusal = () => overloaded();
      const given = buyer.queue.status;
      Object.assign(buyer.queue, { status });
      await buyer.follow();
      await buyer.environment.advance(10_000);
      expect(buyer.queue.timesOf(STATUS)).to.have.length(10);
      buyer.queue.status = { ...given, admittedCount: 3 };
      await buyer.environment.advance(1_000);
      expect(buyer.positions).to.deep.equal([5, 2]);
    });
  }

  it("keeps at most one event of each kind while the caller does not read", async () => {
    const following = buyer.visit.follow({ signal: buyer.stopping.signal });
    await following.next();
    const second = following.next();
    await buyer.environment.advance(0);
    buyer.stream().send(positionText(4, 1));
    expect((await second).value).to.include({ position: 4 });
    for (let round = 0; round < 50; round += 1) {
      buyer.stream().send(eventText("place", `p${round}`, waiting(4)));
      buyer.stream().send(positionText(3, 2));
      await buyer.environment.advance(1);
    }
    const seen: number[] = [];
    buyer.ended = (async () => {
      for await (const { position } of following) seen.push(position);
    })().catch(() => {});
    await buyer.environment.advance(10);
    expect(seen).to.deep.equal([3]);
  });

  for (const jumpMs of [-3_600_000, 3_600_000]) {
    it(`polls at the advised times when the clock jumps by ${jumpMs} ms`, async () => {
      buyer.queue.place = waiting(5, { pollAfterMs: 30_000 });
      buyer.visit = createVisit(linkOn(buyer.environment), {
        queueId: "main",
        token: "t",
        place: buyer.queue.place,
      });
      await buyer.follow();
      await buyer.environment.advance(10_000);
      buyer.environment.jump(jumpMs);
      buyer.stream().send(positionText(4, 1));
      await buyer.environment.advance(10_000);
      expect(buyer.queue.timesOf(POLL)).to.deep.equal([]);
      await buyer.environment.advance(11_000);
      expect(buyer.queue.timesOf(POLL)).to.have.length(1);
    });
  }
});
