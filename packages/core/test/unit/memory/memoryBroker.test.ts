import { expect } from "chai";
import {
  createMemoryBroker,
  type MemoryBroker,
  type MemoryBrokerOptions,
} from "../../../src/adapters/memory/broker/memoryBroker.ts";
import { type FakeClock, fakeClock } from "../../support/fakeClock.ts";
import { publishedMessage } from "../../support/outboxMessages.ts";

const SESSION_MS = 10_000;
const REBALANCE_MS = 15_000;
const TOPIC = "orders";
/** A message takes more bytes than its value, because of its framing. */
const KIB = 1_024;

describe("in-memory broker", () => {
  let clock: FakeClock;
  let broker: MemoryBroker;
  const open = (options: Partial<MemoryBrokerOptions> = {}): void => {
    clock = fakeClock();
    broker = createMemoryBroker({ clock, ...options });
  };
  beforeEach(() => open());

  const member = (memberId: string, consumer = "notifier") => ({ consumer, memberId });
  const [first, second] = [member("first"), member("second")];
  const wakes: string[] = [];
  beforeEach(() => wakes.splice(0));
  const join = (who: typeof first): number | undefined =>
    broker.join(who, [TOPIC], () => wakes.push(who.memberId));
  /** Messages of one key, so of one partition: values "0", "1" and so on. */
  function publish(count: number, bytes = 10): void {
    const messages = Array.from({ length: count }, (_unused, index) =>
      publishedMessage(`m-${index}`, "k", bytes),
    );
    expect(broker.publish(messages)).to.deep.equal([]);
  }
  const offsetsOf = (who: typeof first, generation = 1): number[] | undefined =>
    broker.fetch(who, generation)?.flatMap(({ records }) => records.map(({ offset }) => offset));
  const lost = (who: typeof first, generation = 1): number[] | undefined =>
    broker.fetch(who, generation)?.map(({ lostCount }) => lostCount);
  function commit(who: typeof first, offset: number, generation = 1): boolean {
    const partition = broker.fetch(who, generation)?.[0]?.partition ?? keyPartition();
    return broker.commit(who, generation, { topic: TOPIC, partition, offset });
  }
  /** The partition of the key of all messages. */
  function keyPartition(): number {
    const observer = member("observer", "observers");
    const generation = broker.join(observer, [TOPIC], () => {}) ?? 0;
    const partition = broker.fetch(observer, generation)?.[0]?.partition;
    if (partition === undefined) throw new Error("nothing was published");
    return partition;
  }
  const partitionsOf = (who: typeof first): number =>
    broker.groupOf(who.consumer).members.find(({ memberId }) => memberId === who.memberId)
      ?.partitions.length ?? 0;
  /** Both members are in generation 2. */
  function joinBoth(): void {
    expect(join(first)).to.equal(1);
    expect(join(second)).to.equal(undefined);
    expect(join(first)).to.equal(2);
    expect(join(second)).to.equal(2);
  }

  describe("a group that assigns its partitions", () => {
    it("moves partitions only after the earlier member has committed", () => {
      publish(2);
      join(first);
      expect(offsetsOf(first)).to.deep.equal([0, 1]);
      expect(join(second)).to.equal(undefined);
      expect(broker.heartbeat(first, 1)).to.equal(false);
      expect(offsetsOf(first)).to.equal(undefined);
      expect(commit(first, 1)).to.equal(true);
      expect(join(second)).to.equal(undefined);
      expect(join(first)).to.equal(2);
      expect(join(second)).to.equal(2);
      const all = [...(offsetsOf(first, 2) ?? []), ...(offsetsOf(second, 2) ?? [])];
      expect(all).to.deep.equal([1]);
      expect([partitionsOf(first), partitionsOf(second)]).to.deep.equal([3, 3]);
    });

    it("assigns no partition to a member that sends heartbeats but does not join", async () => {
      join(first);
      join(second);
      for (let ms = 0; ms < REBALANCE_MS; ms += SESSION_MS / 2) {
        expect(broker.heartbeat(first, 1)).to.equal(false);
        expect(join(second)).to.equal(undefined);
        await clock.advance(SESSION_MS / 2);
      }
      expect(join(second)).to.equal(2);
      expect(partitionsOf(second)).to.equal(6);
    });

    it("assigns the partitions of a leaving member to the others", () => {
      joinBoth();
      broker.leave(first);
      expect(broker.heartbeat(second, 2)).to.equal(false);
      expect(join(second)).to.equal(3);
      expect(partitionsOf(second)).to.equal(6);
    });

    it("recognises a member whose answer was lost, and keeps the generation", () => {
      joinBoth();
      expect(join(first)).to.equal(2);
      expect(broker.heartbeat(second, 2)).to.equal(true);
    });

    it("does not keep a member id that never joined", () => {
      const name = broker.newMemberId();
      expect(broker.newMemberId()).not.to.equal(name);
      expect(join(first)).to.equal(1);
    });
  });

  describe("a silent member", () => {
    it("loses its partitions when its session expires, not before", async () => {
      joinBoth();
      await clock.advance(SESSION_MS - 1);
      expect(broker.heartbeat(second, 2)).to.equal(true);
      await clock.advance(1);
      expect(broker.heartbeat(second, 2)).to.equal(false);
      expect(join(second)).to.equal(3);
      expect(partitionsOf(second)).to.equal(6);
    });

    it("cannot commit for the generation in which its session expired", async () => {
      publish(3);
      join(first);
      await clock.advance(SESSION_MS);
      expect(commit(first, 3)).to.equal(false);
      expect(join(first)).to.equal(2);
      expect(commit(first, 3, 1)).to.equal(false);
      expect(offsetsOf(first, 2)).to.deep.equal([0, 1, 2]);
      expect(commit(first, 3, 2)).to.equal(true);
      expect(offsetsOf(first, 2)).to.deep.equal([]);
    });

    it("does not count as silent while it fetches, commits or sends heartbeats", async () => {
      publish(1);
      join(first);
      const signs = [
        () => broker.fetch(first, 1) !== undefined,
        () => commit(first, 1),
        () => broker.heartbeat(first, 1),
      ];
      for (const sign of signs) {
        await clock.advance(SESSION_MS - 1);
        expect(sign()).to.equal(true);
      }
    });
  });

  describe("a group's offset", () => {
    it("moves back at a rewind, whatever is committed later", () => {
      publish(5);
      join(first);
      commit(first, 4);
      broker.rewind("notifier", 3);
      expect(commit(first, 5)).to.equal(false);
      const generation = join(first);
      expect(offsetsOf(first, generation)).to.deep.equal([1, 2, 3, 4]);
      broker.rewind("notifier", 100);
      expect(offsetsOf(first, join(first))).to.deep.equal([0, 1, 2, 3, 4]);
    });

    it("is separate from the offset of another group", () => {
      publish(2);
      join(first);
      const other = member("other", "projection");
      join(other);
      commit(first, 2);
      expect(offsetsOf(first)).to.deep.equal([]);
      expect(offsetsOf(other)).to.deep.equal([0, 1]);
      broker.rewind("projection", 1);
      expect(broker.heartbeat(first, 1)).to.equal(true);
      expect([broker.groupOf("notifier").lag, broker.groupOf("projection").lag]).to.deep.equal([
        0, 2,
      ]);
    });

    it("remains after the last member of the group has left", () => {
      publish(2);
      join(first);
      commit(first, 1);
      broker.leave(first);
      expect(offsetsOf(second, join(second))).to.deep.equal([1]);
    });
  });

  it("removes a member on request", () => {
    joinBoth();
    expect(broker.expel("first")).to.equal(true);
    expect(broker.expel("first")).to.equal(false);
    expect(broker.heartbeat(first, 2)).to.equal(false);
    expect(join(second)).to.equal(3);
    expect(partitionsOf(second)).to.equal(6);
  });

  describe("a sleeping member", () => {
    it("is woken once for a message of its partitions", () => {
      join(first);
      publish(1);
      expect(offsetsOf(first)).to.deep.equal([0]);
      publish(1);
      expect(wakes, "it was awake").to.deep.equal([]);
      commit(first, 2);
      expect(offsetsOf(first)).to.deep.equal([]);
      publish(1);
      publish(1);
      expect(wakes).to.deep.equal(["first"]);
    });

    it("is not woken for another member's message", () => {
      joinBoth();
      expect([offsetsOf(first, 2), offsetsOf(second, 2)]).to.deep.equal([[], []]);
      publish(1);
      expect(wakes.slice(-1)).to.have.length(1);
      const [woken] = wakes.slice(-1);
      expect(offsetsOf(woken === "first" ? first : second, 2)).to.deep.equal([0]);
      expect(offsetsOf(woken === "first" ? second : first, 2)).to.deep.equal([]);
    });

    it("is woken to join, and when partitions are assigned", () => {
      join(first);
      broker.fetch(first, 1);
      join(second);
      expect(wakes).to.deep.equal(["first"]);
      join(first);
      expect(wakes).to.deep.equal(["first", "second"]);
    });
  });

  describe("the log", () => {
    beforeEach(() => open({ retainedBytesMax: 10 * KIB, bytesMax: 40 * KIB }));

    it("keeps messages within the limit for a group that starts later", () => {
      publish(100, KIB);
      expect(offsetsOf(first, join(first))).to.deep.equal(
        Array.from({ length: 9 }, (_unused, index) => 91 + index),
      );
      expect(lost(first), "who begins has lost nothing").to.deep.equal([0]);
    });

    it("keeps uncommitted messages of a group, and deletes the rest", () => {
      join(first);
      publish(30, KIB);
      expect(offsetsOf(first)).to.have.length(30);
      commit(first, 15);
      const late = member("late", "late");
      expect(offsetsOf(late, join(late))?.[0]).to.equal(15);
      commit(first, 30);
      expect(broker.groupOf("late").lag, "wants them as well").to.equal(15);
      commit(late, 30);
      const latest = member("latest", "latest");
      expect(offsetsOf(latest, join(latest))?.[0]).to.equal(21);
    });

    it("deletes the oldest at the limit, and reports the groups that lost messages", () => {
      join(first);
      publish(10, KIB);
      commit(first, 5);
      publish(90, KIB);
      const kept = 36;
      expect(offsetsOf(first)).to.deep.equal(
        Array.from({ length: kept }, (_unused, index) => 100 - kept + index),
      );
      expect(lost(first)).to.deep.equal([100 - kept - 5]);
      expect(broker.groupOf("notifier").lag).to.equal(kept);
    });

    it("keeps no messages of a topic for a group that subscribes only to other topics", () => {
      broker.join(member("elsewhere", "elsewhere"), ["other"], () => {});
      publish(30, KIB);
      expect(offsetsOf(first, join(first))).to.have.length(9);
    });

    it("rewinds at most to its oldest message", () => {
      join(first);
      publish(30, KIB);
      commit(first, 30);
      broker.rewind("notifier", 1_000);
      const generation = join(first) ?? 0;
      expect(offsetsOf(first, generation)?.[0]).to.equal(21);
      expect(lost(first, generation)).to.deep.equal([0]);
    });
  });

  it("returns up to the maximum in one fetch, in order, and then the rest", () => {
    publish(250);
    join(first);
    const taken: number[] = [];
    for (let read = offsetsOf(first); read?.length; read = offsetsOf(first)) {
      expect(read).to.have.length.at.most(100);
      taken.push(...read);
      commit(first, (taken.at(-1) ?? 0) + 1);
    }
    expect(taken).to.deep.equal(Array.from({ length: 250 }, (_unused, index) => index));
  });
});
