import { expect } from "chai";
import { createVisit, type Visit } from "../../src/visit.ts";
import type { FollowOptions } from "../../src/waiting/followPlace.ts";
import {
  accepted,
  type FakeEnvironment,
  fakeEnvironment,
  linkOn,
  overloaded,
} from "../support/fakeEnvironment.ts";
import {
  eventText,
  type FakeQueue,
  fakeQueue,
  PATHS,
  positionText,
  waiting,
} from "../support/fakeQueue.ts";

const { POLL, STATUS } = PATHS;
const POSITION = positionText(4, 1).split("data:").at(-1)?.trim();

describe("following a place on a server that misbehaves", () => {
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

  for (const [what, text] of [
    ["no JSON", "event:place\ndata:<html>\n\n"],
    ["null in place of a place", "event:place\ndata:null\n\n"],
    ["a place without a token", "event:place\ndata:{}\n\n"],
    ["a position that is no number", 'event:position\ndata:{"position":"x"}\n\n'],
  ] as const) {
    it(`connects again after an event with ${what}, and keeps place and token`, async () => {
      await follow();
      stream().send(text);
      await environment.advance(10);
      expect(stream().isOpen()).to.equal(false);
      expect([positions, failure, visit.token]).to.deep.equal([[5], undefined, "token-5"]);
      await environment.advance(4_000);
      expect(queue.streams).to.have.length(2);
      stream().send(positionText(3, 2));
      await environment.advance(10);
      expect(positions).to.deep.equal([5, 3]);
    });
  }

  it("ignores an event that the end of its connection cuts in the middle", async () => {
    await follow();
    stream().send(positionText(2, 3).trimEnd());
    stream().end();
    await environment.advance(4_000);
    expect([positions, stream().lastEventId]).to.deep.equal([[5], null]);
  });

  for (const [advised, connections] of [
    ["0", 30],
    ["99999999999999", 2],
  ] as const) {
    it(`connects neither in a storm nor never again after retry:${advised}`, async () => {
      await follow();
      for (let round = 0; round < 120; round += 1) {
        if (stream().isOpen()) {
          stream().send(`retry:${advised}\n\n${positionText(4, 1)}`);
          stream().end();
        }
        await environment.advance(100);
      }
      await environment.advance(60_000);
      expect(queue.streams.length).to.be.within(2, connections);
    });
  }

  it("sends no event id that a header cannot hold", async () => {
    await follow();
    stream().send(`id:${"x".repeat(20_000)}\nevent:position\ndata:${POSITION}\n\n`);
    await environment.advance(10);
    stream().end();
    await environment.advance(4_000);
    expect(stream().lastEventId).to.equal(null);
  });

  it("polls without a storm when the advised pause is zero", async () => {
    queue.place = waiting(5, { pollAfterMs: 0 });
    visit = createVisit(linkOn(environment), { queueId: "main", token: "t" });
    // Without a pause, the time would never move on.
    queue.pollRefusal = () => {
      if (queue.timesOf(POLL).length > 100) stopping.controller.abort();
      return accepted(queue.place);
    };
    await follow({ live: false });
    await environment.advance(1_000);
    expect(queue.timesOf(POLL).length).to.be.within(2, 22);
  });

  for (const status of [
    {},
    null,
    { generation: 1, admittedCount: "x", waits: [] },
    { generation: 1, admittedCount: 1, waits: [{}] },
  ]) {
    it(`goes on after the status ${JSON.stringify(status)}`, async () => {
      queue.streamRefusal = () => overloaded();
      const given = queue.status;
      Object.assign(queue, { status });
      await follow();
      await environment.advance(10_000);
      expect(queue.timesOf(STATUS)).to.have.length(10);
      queue.status = { ...given, admittedCount: 3 };
      await environment.advance(1_000);
      expect(positions).to.deep.equal([5, 2]);
    });
  }

  it("keeps at most one event of each kind while the caller does not read", async () => {
    const following = visit.follow({ signal: stopping.controller.signal });
    await following.next();
    const second = following.next();
    await environment.advance(0);
    stream().send(positionText(4, 1));
    expect((await second).value).to.include({ position: 4 });
    for (let round = 0; round < 50; round += 1) {
      stream().send(eventText("place", `p${round}`, waiting(4)));
      stream().send(positionText(3, 2));
      await environment.advance(1);
    }
    const seen: number[] = [];
    ended = (async () => {
      for await (const { position } of following) seen.push(position);
    })().catch(() => {});
    await environment.advance(10);
    expect(seen).to.deep.equal([3]);
  });

  for (const jumpMs of [-3_600_000, 3_600_000]) {
    it(`polls at the advised times when the clock jumps by ${jumpMs} ms`, async () => {
      queue.place = waiting(5, { pollAfterMs: 30_000 });
      visit = createVisit(linkOn(environment), { queueId: "main", token: "t", place: queue.place });
      await follow();
      await environment.advance(10_000);
      environment.jump(jumpMs);
      stream().send(positionText(4, 1));
      await environment.advance(10_000);
      expect(queue.timesOf(POLL)).to.deep.equal([]);
      await environment.advance(11_000);
      expect(queue.timesOf(POLL)).to.have.length(1);
    });
  }
});
