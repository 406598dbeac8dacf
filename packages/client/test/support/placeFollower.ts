import { expect } from "chai";
import { createVisit, type Visit } from "../../src/visit.ts";
import type { FollowOptions } from "../../src/waiting/followPlace.ts";
import { type FakeEnvironment, fakeEnvironment, linkOn } from "./fakeEnvironment.ts";
import { type FakeQueue, fakeQueue } from "./fakeQueue.ts";

/** A buyer at position 5 who follows the place on a fake server. */
export interface PlaceFollower {
  environment: FakeEnvironment;
  queue: FakeQueue;
  visit: Visit;
  /** The positions that the caller has seen; 0 is the admission. */
  positions: number[];
  failure: unknown;
  ended: Promise<void>;
  stopping: AbortController;
  follow(options?: FollowOptions): Promise<void>;
  /** The newest stream. */
  stream(): FakeQueue["streams"][number];
}

/** Gives each test of the calling suite a new follower, and ends its wait afterwards. */
export function followerOfEachTest(): PlaceFollower {
  const follower = {} as PlaceFollower;

  beforeEach(() => Object.assign(follower, newFollower()));

  afterEach("ends the wait, which then holds nothing open", async () => {
    const { environment, queue, stopping } = follower;
    stopping.abort();
    await environment.advance(0);
    await follower.ended;
    expect(environment.timerCount(), "timers").to.equal(0);
    expect(queue.streams.filter((stream) => stream.isOpen())).to.deep.equal([]);
  });

  follower.follow = async (options = {}) => {
    const { visit, stopping, environment } = follower;
    follower.ended = (async () => {
      for await (const place of visit.follow({ signal: stopping.signal, ...options })) {
        follower.positions.push(place.position);
      }
    })().catch((error: unknown) => {
      follower.failure = error;
    });
    await environment.advance(0);
  };
  follower.stream = () => {
    const last = follower.queue.streams.at(-1);
    if (last === undefined) throw new Error("The client has opened no stream");
    return last;
  };
  return follower;
}

function newFollower() {
  const environment = fakeEnvironment();
  const queue = fakeQueue(environment, 5);
  const { place } = queue;
  const visit = createVisit(linkOn(environment), { queueId: "main", token: place.token, place });
  const stopping = new AbortController();
  return { environment, queue, visit, stopping, positions: [], failure: undefined };
}
