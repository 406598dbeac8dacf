import { expect } from "chai";
import { isProblem } from "../../src/problems/errors.ts";
import { createVisit } from "../../src/visit.ts";
import { linkOn, overloaded, refused } from "../support/fakeEnvironment.ts";
import { active, eventText, PATHS, positionText, waiting } from "../support/fakeQueue.ts";
import { followerOfEachTest } from "../support/placeFollower.ts";

const { EVENTS, POLL, STATUS } = PATHS;

describe("following a place", () => {
  const buyer = followerOfEachTest();

  it("shows the positions of the stream, and polls only when the place has changed", async () => {
    await buyer.follow();
    buyer.stream().send(`retry:2500\n\n${eventText("place", "1-0-5", buyer.queue.place)}`);
    buyer.stream().send(positionText(4, 1));
    await buyer.environment.advance(10);
    buyer.stream().send(positionText(2, 3));
    await buyer.environment.advance(10);
    expect(buyer.positions).to.deep.equal([5, 4, 2]);
    expect(buyer.queue.timesOf(POLL)).to.deep.equal([]);
    buyer.queue.place = active();
    buyer.stream().send(eventText("changed", "changed", {}));
    await buyer.environment.advance(10);
    await buyer.ended;
    expect(buyer.positions).to.deep.equal([5, 4, 2, 0]);
    expect(buyer.queue.timesOf(POLL)).to.have.length(1);
    expect([buyer.visit.token, buyer.visit.place?.status]).to.deep.equal([
      "token-active",
      "ACTIVE",
    ]);
    expect(buyer.failure).to.equal(undefined);
  });

  it("puts an event together that arrives in pieces", async () => {
    await buyer.follow();
    const text = positionText(3, 2);
    for (const piece of [text.slice(0, 9), text.slice(9, 40), text.slice(40)]) {
      buyer.stream().send(piece);
      await buyer.environment.advance(1);
    }
    expect(buyer.positions).to.deep.equal([5, 3]);
  });

  it("uses the newest token of an event for the next request", async () => {
    await buyer.follow();
    buyer.stream().send(eventText("place", "1-0-5", { ...buyer.queue.place, token: "newer" }));
    await buyer.environment.advance(600_000);
    const poll = buyer.environment.seen.find(({ path }) => path === POLL);
    expect(poll?.headers.get("authorization")).to.equal("Bearer newer");
  });

  it("continues a broken stream after the advised pause, from its last event", async () => {
    await buyer.follow();
    expect(buyer.stream().lastEventId).to.equal(null);
    buyer.stream().send(`retry:2500\n\n${positionText(4, 1)}`);
    await buyer.environment.advance(10);
    buyer.stream().end();
    await buyer.environment.advance(2_400);
    expect(buyer.queue.streams).to.have.length(1);
    await buyer.environment.advance(200);
    expect(buyer.queue.streams).to.have.length(2);
    expect(buyer.stream().lastEventId).to.equal("1-1-4");
    expect(buyer.queue.timesOf(POLL)).to.deep.equal([]);
  });

  it("opens another stream when the stream is silent for longer than its heartbeats", async () => {
    await buyer.follow();
    buyer.stream().send(positionText(4));
    for (let beat = 0; beat < 4; beat += 1) {
      await buyer.environment.advance(15_000);
      buyer.stream().send(":\n\n");
    }
    await buyer.environment.advance(40_000);
    expect(buyer.queue.streams).to.have.length(1);
    await buyer.environment.advance(15_000);
    expect(buyer.queue.streams).to.have.length(2);
  });

  it("polls at the advised times although the stream is open", async () => {
    buyer.queue.place = waiting(5, { pollAfterMs: 30_000 });
    buyer.visit = createVisit(linkOn(buyer.environment), {
      queueId: "main",
      token: "t",
      place: buyer.queue.place,
    });
    await buyer.follow();
    await buyer.environment.advance(29_000);
    expect(buyer.queue.timesOf(POLL)).to.deep.equal([]);
    await buyer.environment.advance(2_000);
    expect(buyer.queue.timesOf(POLL)).to.have.length(1);
    buyer.queue.place = active();
    await buyer.environment.advance(30_000);
    expect(buyer.positions).to.deep.equal([5, 0]);
  });

  it("reads an active place again, because it may have ended", async () => {
    buyer.queue.place = active();
    await buyer.visit.poll();
    buyer.queue.pollRefusal = () => refused(410, "QUEUE_TOKEN_EXPIRED");
    await buyer.follow();
    await buyer.ended;
    expect(isProblem(buyer.failure, "QUEUE_TOKEN_EXPIRED")).to.equal(true);
    expect(buyer.positions).to.deep.equal([]);
  });

  it("waits for the first answer of a continued visit", async () => {
    buyer.visit = createVisit(linkOn(buyer.environment), { queueId: "main", token: "kept" });
    await buyer.follow();
    expect(buyer.environment.seen[0]?.headers.get("authorization")).to.equal("Bearer kept");
    expect(buyer.positions).to.deep.equal([5]);
  });

  describe("without a stream", () => {
    beforeEach(() => {
      buyer.queue.streamRefusal = () => overloaded();
    });

    it("calculates the position from the status of the queue", async () => {
      await buyer.follow();
      buyer.queue.status = { ...buyer.queue.status, admittedCount: 3 };
      await buyer.environment.advance(1_000);
      expect(buyer.positions).to.deep.equal([5, 2]);
      expect(buyer.queue.timesOf(POLL)).to.deep.equal([]);
      buyer.queue.place = active();
      buyer.queue.status = { ...buyer.queue.status, admittedCount: 5 };
      await buyer.environment.advance(1_000);
      expect(buyer.positions).to.deep.equal([5, 2, 0]);
      expect(buyer.visit.place?.status).to.equal("ACTIVE");
    });

    it("reads the status once a second at most, and less often with a long wait", async () => {
      await buyer.follow();
      await buyer.environment.advance(10_000);
      expect(buyer.queue.timesOf(STATUS)).to.have.length(10);
      const far = waiting(9_000, { etaSeconds: 400 });
      buyer.visit = createVisit(linkOn(buyer.environment), {
        queueId: "main",
        token: "t",
        place: far,
      });
      buyer.stopping.abort();
      await buyer.environment.advance(0);
      await buyer.ended;
      buyer.stopping = new AbortController();
      await buyer.follow();
      await buyer.environment.advance(60_000);
      expect(buyer.queue.timesOf(STATUS)).to.have.length(13);
    });

    it("shows no position after Redis lost the buyer.queue, until the next poll", async () => {
      await buyer.follow();
      buyer.queue.status = { ...buyer.queue.status, generation: 2, admittedCount: 900 };
      await buyer.environment.advance(30_000);
      expect(buyer.positions).to.deep.equal([5]);
      expect(buyer.queue.timesOf(POLL)).to.deep.equal([]);
      buyer.queue.place = waiting(3, { generation: 2, admittedCount: 900 });
      await buyer.environment.advance(600_000);
      expect(buyer.positions).to.deep.equal([5, 3]);
    });

    it("tries the stream again after a while", async () => {
      await buyer.follow();
      expect(buyer.queue.timesOf(EVENTS)).to.have.length(1);
      buyer.queue.streamRefusal = undefined;
      await buyer.environment.advance(89_000);
      expect(buyer.queue.streams).to.have.length(0);
      await buyer.environment.advance(3_000);
      expect(buyer.queue.streams).to.have.length(1);
    });

    it("never asks for a stream when the caller wants none", async () => {
      await buyer.follow({ live: false });
      await buyer.environment.advance(200_000);
      expect(buyer.queue.timesOf(EVENTS)).to.deep.equal([]);
      expect(buyer.queue.timesOf(STATUS).length).to.be.above(100);
    });
  });

  it("reads the status when a proxy holds the streams back", async () => {
    await buyer.follow();
    await buyer.environment.advance(45_000 + 3_000 + 45_000);
    expect(buyer.queue.streams).to.have.length(2);
    buyer.queue.status = { ...buyer.queue.status, admittedCount: 1 };
    await buyer.environment.advance(2_000);
    expect(buyer.positions).to.deep.equal([5, 4]);
  });

  it("goes on after an outage of minutes", async () => {
    buyer.queue.place = waiting(5, { pollAfterMs: 1_000 });
    buyer.visit = createVisit(linkOn(buyer.environment), {
      queueId: "main",
      token: "t",
      place: buyer.queue.place,
    });
    buyer.queue.streamRefusal = () => overloaded();
    buyer.queue.pollRefusal = () => overloaded();
    await buyer.follow();
    await buyer.environment.advance(300_000);
    buyer.queue.pollRefusal = undefined;
    buyer.queue.place = active();
    await buyer.environment.advance(20_000);
    expect(buyer.positions).to.deep.equal([5, 0]);
  });

  it("ends with the refusal after an outage of more than ten minutes", async () => {
    buyer.visit = createVisit(linkOn(buyer.environment), { queueId: "main", token: "t" });
    buyer.queue.pollRefusal = () => overloaded();
    await buyer.follow();
    await buyer.environment.advance(660_000);
    expect(isProblem(buyer.failure, "OVERLOADED")).to.equal(true);
  });

  it("ends with the refusal when the place has ended", async () => {
    await buyer.follow();
    buyer.queue.pollRefusal = () => refused(410, "QUEUE_TOKEN_EXPIRED");
    buyer.stream().send(eventText("changed", "changed", {}));
    await buyer.environment.advance(10);
    await buyer.ended;
    expect(isProblem(buyer.failure, "QUEUE_TOKEN_EXPIRED")).to.equal(true);
  });

  it("ends with the reason of the signal", async () => {
    await buyer.follow();
    buyer.stopping.abort(new Error("the page was closed"));
    await buyer.environment.advance(0);
    await buyer.ended;
    expect(buyer.failure).to.have.property("message", "the page was closed");
  });

  it("ends after its time", async () => {
    await buyer.follow({ timeoutMs: 5_000 });
    await buyer.environment.advance(5_000);
    await buyer.ended;
    expect(buyer.failure).to.be.instanceOf(DOMException).and.include({ name: "TimeoutError" });
  });

  it("closes the stream when the caller stops reading", async () => {
    buyer.ended = (async () => {
      for await (const place of buyer.visit.follow()) if (place.position === 4) break;
    })();
    await buyer.environment.advance(0);
    expect(buyer.stream().isOpen()).to.equal(true);
    buyer.stream().send(positionText(4, 1));
    await buyer.environment.advance(0);
    await buyer.ended;
    expect(buyer.stream().isOpen()).to.equal(false);
  });
});
