import { expect } from "chai";
import { isProblem } from "../../src/problems/errors.ts";
import { createVisit, type Visit } from "../../src/visit.ts";
import type { FollowOptions } from "../../src/waiting/followPlace.ts";
import {
  type FakeEnvironment,
  fakeEnvironment,
  linkOn,
  overloaded,
  refused,
} from "../support/fakeEnvironment.ts";
import {
  active,
  eventText,
  type FakeQueue,
  fakeQueue,
  PATHS,
  positionText,
  waiting,
} from "../support/fakeQueue.ts";

const { EVENTS, POLL, STATUS } = PATHS;

describe("following a place", () => {
  let environment: FakeEnvironment;
  let queue: FakeQueue;
  let visit: Visit;
  /** The positions that the caller has seen; 0 is the admission. */
  let positions: number[];
  let failure: unknown;
  let ended: Promise<void>;
  const stopping = { controller: new AbortController() };

  beforeEach(() => {
    environment = fakeEnvironment();
    queue = fakeQueue(environment, 5);
    positions = [];
    failure = undefined;
    stopping.controller = new AbortController();
    const { place } = queue;
    visit = createVisit(linkOn(environment), { queueId: "main", token: place.token, place });
  });

  afterEach("ends the wait, which then holds nothing open", async () => {
    stopping.controller.abort();
    await environment.advance(0);
    await ended;
    expect(environment.timerCount(), "timers").to.equal(0);
    expect(queue.streams.filter((stream) => stream.isOpen())).to.deep.equal([]);
  });

  async function follow(options: FollowOptions = {}): Promise<void> {
    const { signal } = stopping.controller;
    ended = (async () => {
      for await (const place of visit.follow({ signal, ...options })) {
        positions.push(place.position);
      }
    })().catch((error: unknown) => {
      failure = error;
    });
    await environment.advance(0);
  }
  const stream = () => {
    const last = queue.streams.at(-1);
    if (last === undefined) throw new Error("The client has opened no stream");
    return last;
  };

  it("shows the positions of the stream, and polls only when the place has changed", async () => {
    await follow();
    stream().send(`retry:2500\n\n${eventText("place", "1-0-5", queue.place)}`);
    stream().send(positionText(4, 1));
    await environment.advance(10);
    stream().send(positionText(2, 3));
    await environment.advance(10);
    expect(positions).to.deep.equal([5, 4, 2]);
    expect(queue.timesOf(POLL)).to.deep.equal([]);
    queue.place = active();
    stream().send(eventText("changed", "changed", {}));
    await environment.advance(10);
    await ended;
    expect(positions).to.deep.equal([5, 4, 2, 0]);
    expect(queue.timesOf(POLL)).to.have.length(1);
    expect([visit.token, visit.place?.status]).to.deep.equal(["token-active", "ACTIVE"]);
    expect(failure).to.equal(undefined);
  });

  it("puts an event together that arrives in pieces", async () => {
    await follow();
    const text = positionText(3, 2);
    for (const piece of [text.slice(0, 9), text.slice(9, 40), text.slice(40)]) {
      stream().send(piece);
      await environment.advance(1);
    }
    expect(positions).to.deep.equal([5, 3]);
  });

  it("uses the newest token of an event for the next request", async () => {
    await follow();
    stream().send(eventText("place", "1-0-5", { ...queue.place, token: "newer" }));
    await environment.advance(600_000);
    const poll = environment.seen.find(({ path }) => path === POLL);
    expect(poll?.headers.get("authorization")).to.equal("Bearer newer");
  });

  it("continues a broken stream after the advised pause, from its last event", async () => {
    await follow();
    expect(stream().lastEventId).to.equal(null);
    stream().send(`retry:2500\n\n${positionText(4, 1)}`);
    await environment.advance(10);
    stream().end();
    await environment.advance(2_400);
    expect(queue.streams).to.have.length(1);
    await environment.advance(200);
    expect(queue.streams).to.have.length(2);
    expect(stream().lastEventId).to.equal("1-1-4");
    expect(queue.timesOf(POLL)).to.deep.equal([]);
  });

  it("opens another stream when the stream is silent for longer than its heartbeats", async () => {
    await follow();
    stream().send(positionText(4));
    for (let beat = 0; beat < 4; beat += 1) {
      await environment.advance(15_000);
      stream().send(":\n\n");
    }
    await environment.advance(40_000);
    expect(queue.streams).to.have.length(1);
    await environment.advance(15_000);
    expect(queue.streams).to.have.length(2);
  });

  it("polls at the advised times although the stream is open", async () => {
    queue.place = waiting(5, { pollAfterMs: 30_000 });
    visit = createVisit(linkOn(environment), { queueId: "main", token: "t", place: queue.place });
    await follow();
    await environment.advance(29_000);
    expect(queue.timesOf(POLL)).to.deep.equal([]);
    await environment.advance(2_000);
    expect(queue.timesOf(POLL)).to.have.length(1);
    queue.place = active();
    await environment.advance(30_000);
    expect(positions).to.deep.equal([5, 0]);
  });

  it("reads an active place again, because it may have ended", async () => {
    queue.place = active();
    await visit.poll();
    queue.pollRefusal = () => refused(410, "QUEUE_TOKEN_EXPIRED");
    await follow();
    await ended;
    expect(isProblem(failure, "QUEUE_TOKEN_EXPIRED")).to.equal(true);
    expect(positions).to.deep.equal([]);
  });

  it("waits for the first answer of a continued visit", async () => {
    visit = createVisit(linkOn(environment), { queueId: "main", token: "kept" });
    await follow();
    expect(environment.seen[0]?.headers.get("authorization")).to.equal("Bearer kept");
    expect(positions).to.deep.equal([5]);
  });

  describe("without a stream", () => {
    beforeEach(() => {
      queue.streamRefusal = () => overloaded();
    });

    it("calculates the position from the status of the queue", async () => {
      await follow();
      queue.status = { ...queue.status, admittedCount: 3 };
      await environment.advance(1_000);
      expect(positions).to.deep.equal([5, 2]);
      expect(queue.timesOf(POLL)).to.deep.equal([]);
      queue.place = active();
      queue.status = { ...queue.status, admittedCount: 5 };
      await environment.advance(1_000);
      expect(positions).to.deep.equal([5, 2, 0]);
      expect(visit.place?.status).to.equal("ACTIVE");
    });

    it("reads the status once a second at most, and less often with a long wait", async () => {
      await follow();
      await environment.advance(10_000);
      expect(queue.timesOf(STATUS)).to.have.length(10);
      const far = waiting(9_000, { etaSeconds: 400 });
      visit = createVisit(linkOn(environment), { queueId: "main", token: "t", place: far });
      stopping.controller.abort();
      await environment.advance(0);
      await ended;
      stopping.controller = new AbortController();
      await follow();
      await environment.advance(60_000);
      expect(queue.timesOf(STATUS)).to.have.length(13);
    });

    it("shows no position after Redis lost the queue, until the next poll", async () => {
      await follow();
      queue.status = { ...queue.status, generation: 2, admittedCount: 900 };
      await environment.advance(30_000);
      expect(positions).to.deep.equal([5]);
      expect(queue.timesOf(POLL)).to.deep.equal([]);
      queue.place = waiting(3, { generation: 2, admittedCount: 900 });
      await environment.advance(600_000);
      expect(positions).to.deep.equal([5, 3]);
    });

    it("tries the stream again after a while", async () => {
      await follow();
      expect(queue.timesOf(EVENTS)).to.have.length(1);
      queue.streamRefusal = undefined;
      await environment.advance(89_000);
      expect(queue.streams).to.have.length(0);
      await environment.advance(3_000);
      expect(queue.streams).to.have.length(1);
    });

    it("never asks for a stream when the caller wants none", async () => {
      await follow({ live: false });
      await environment.advance(200_000);
      expect(queue.timesOf(EVENTS)).to.deep.equal([]);
      expect(queue.timesOf(STATUS).length).to.be.above(100);
    });
  });

  it("reads the status when a proxy holds the streams back", async () => {
    await follow();
    await environment.advance(45_000 + 3_000 + 45_000);
    expect(queue.streams).to.have.length(2);
    queue.status = { ...queue.status, admittedCount: 1 };
    await environment.advance(2_000);
    expect(positions).to.deep.equal([5, 4]);
  });

  it("goes on after an outage of minutes", async () => {
    queue.place = waiting(5, { pollAfterMs: 1_000 });
    visit = createVisit(linkOn(environment), { queueId: "main", token: "t", place: queue.place });
    queue.streamRefusal = () => overloaded();
    queue.pollRefusal = () => overloaded();
    await follow();
    await environment.advance(300_000);
    queue.pollRefusal = undefined;
    queue.place = active();
    await environment.advance(20_000);
    expect(positions).to.deep.equal([5, 0]);
  });

  it("ends with the refusal after an outage of more than ten minutes", async () => {
    visit = createVisit(linkOn(environment), { queueId: "main", token: "t" });
    queue.pollRefusal = () => overloaded();
    await follow();
    await environment.advance(660_000);
    expect(isProblem(failure, "OVERLOADED")).to.equal(true);
  });

  it("ends with the refusal when the place has ended", async () => {
    await follow();
    queue.pollRefusal = () => refused(410, "QUEUE_TOKEN_EXPIRED");
    stream().send(eventText("changed", "changed", {}));
    await environment.advance(10);
    await ended;
    expect(isProblem(failure, "QUEUE_TOKEN_EXPIRED")).to.equal(true);
  });

  it("ends with the reason of the signal", async () => {
    await follow();
    stopping.controller.abort(new Error("the page was closed"));
    await environment.advance(0);
    await ended;
    expect(failure).to.have.property("message", "the page was closed");
  });

  it("ends after its time", async () => {
    await follow({ timeoutMs: 5_000 });
    await environment.advance(5_000);
    await ended;
    expect(failure).to.be.instanceOf(DOMException).and.include({ name: "TimeoutError" });
  });

  it("closes the stream when the caller stops reading", async () => {
    ended = (async () => {
      for await (const place of visit.follow()) if (place.position === 4) break;
    })();
    await environment.advance(0);
    expect(stream().isOpen()).to.equal(true);
    stream().send(positionText(4, 1));
    await environment.advance(0);
    await ended;
    expect(stream().isOpen()).to.equal(false);
  });
});
