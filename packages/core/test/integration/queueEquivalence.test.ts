import { passingClock } from "@onsale/conformance/memory/passingClock";
import { FAR_AHEAD, LONG_AGO, rebuildInputOf, WIDE } from "@onsale/conformance/queue/queueRoom";
import { expect } from "chai";
import fc from "fast-check";
import { memoryQueueStore } from "../../src/adapters/memory/queueStore.ts";
import { createRedisState } from "../../src/adapters/memory/redisState/redisState.ts";
import { directLink } from "../../src/adapters/memory/serverLink.ts";
import type { QueueJournal, QueueStore } from "../../src/ports/queueStore.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { openQueueRoom, type QueueRoom, ROOM } from "../support/queueRoom.ts";

/** One queue store, and what a story got from it: sequences and times differ between the stores. */
interface Side {
  readonly store: QueueStore;
  /** The time by the store's clock. A story moves the clock of the in-memory store forward. */
  nowMs(): number;
  passTime(ms: number): Promise<void>;
  lose(): Promise<void>;
  /** The sequences in the answers of the store, in the order in which the story got them. */
  readonly sequences: number[];
  /**
   * The journals that promotions have returned since the last `passTime`; `settle` steps use them.
   * `passTime` changes the times in the stored entries, so older journals match no entry.
   */
  journals: QueueJournal[];
}

type Step = (side: Side) => Promise<unknown>;

const named = (name: string, step: Step): Step =>
  Object.assign(step, { [fc.toStringMethod]: () => name });

const userId = fc.integer({ min: 1, max: 12 });
const pick = fc.nat({ max: 30 });
const settings = fc
  .record({
    activeCountMax: fc.integer({ min: 1, max: 5 }),
    admissionRatePerMinute: fc.constantFrom(3, 60, 150, 600_000),
    activeTtlMs: fc.constantFrom(30_000, 600_000),
    activationMs: fc.constantFrom(10_000, 600_000),
    mode: fc.constantFrom("open", "open", "open", "paused", "draining"),
  } as const)
  .map((some) => ({ ...WIDE, ...some }));

const version = fc.integer({ min: 8, max: 11 });

const rebuild = fc
  .record({
    settings,
    activeUsers: fc.uniqueArray(userId, { maxLength: 3 }),
    recentAgesMs: fc.array(fc.constantFrom(500, 5_500, 45_500), { maxLength: 4 }),
    lastSequence: fc.constantFrom(0, 0, FAR_AHEAD),
    quietMs: fc.constantFrom(0, 0, 5_000),
    settingsVersion: version,
  })
  .map(({ activeUsers, recentAgesMs, settings: chosen, ...known }) =>
    named(`rebuild ${JSON.stringify({ activeUsers, recentAgesMs, chosen, known })}`, (side) => {
      const nowMs = side.nowMs();
      const recentAdmissionsUs = recentAgesMs.map((ageMs) => (nowMs - ageMs) * 1000);
      const active = activeUsers.map((id) => ({
        userId: id,
        sequence: id,
        admittedAtUs: (nowMs - 1_000) * 1000,
        expiresAtMs: nowMs + 30_000,
      }));
      return side.store.rebuild(
        ROOM,
        rebuildInputOf(chosen, { ...known, active, recentAdmissionsUs }),
      );
    }),
  );

const join = userId.map((id) => named(`join ${id}`, ({ store }) => store.join(ROOM, id)));
const restore = fc
  .tuple(userId, pick, fc.boolean())
  .map(([id, n, wasMissed]) =>
    named(`restore ${id} at ${n}${wasMissed ? ", missed" : ""}`, ({ store, sequences }) =>
      store.join(ROOM, id, sequences[n % (sequences.length + 1)] ?? LONG_AGO + n, wasMissed),
    ),
  );
const place = userId.map((id) => named(`place ${id}`, ({ store }) => store.place(ROOM, id)));
const leave = fc
  .tuple(userId, fc.constantFrom("PAID", "LEFT"))
  .map(([id, reason]) =>
    named(`leave ${id} ${reason}`, ({ store }) => store.leave(ROOM, id, reason)),
  );
const promote = fc.integer({ min: 1, max: 6 }).map((max) =>
  named(`promote ${max}`, async (side) => {
    const result = await side.store.promote(ROOM, max);
    if ("journal" in result) side.journals.push(result.journal);
    return result;
  }),
);
const promoteUntil = fc
  .tuple(fc.integer({ min: 1, max: 6 }), pick, fc.boolean(), version)
  .map(([max, n, whilePaused, settingsVersion]) =>
    named(
      `promote ${max} until ${n}, paused too: ${whilePaused} ${settingsVersion}`,
      async (side) => {
        const { sequences, store } = side;
        const untilSequence = sequences[n % (sequences.length + 1)] ?? FAR_AHEAD;
        const result = await store.promote(ROOM, max, {
          ...{ untilSequence, whilePaused, settingsVersion },
        });
        if ("journal" in result) side.journals.push(result.journal);
        return result;
      },
    ),
  );
const list = fc
  .tuple(fc.constantFrom("WAITING", "ACTIVE"), fc.nat({ max: 4 }), fc.integer({ min: 1, max: 5 }))
  .map(([status, offset, max]) =>
    named(`list ${max} ${status} from ${offset}`, async ({ store }) => {
      const answer = await store.list(ROOM, status, { offset, max });
      // Admissions that end at the same time have an order of their own in each store.
      return "places" in answer && status === "ACTIVE" ? answer.total : answer;
    }),
  );
const discardWaiting = fc
  .tuple(fc.integer({ min: 1, max: 4 }), version)
  .map(([max, at]) =>
    named(`discard ${max} waiting at ${at}`, ({ store }) => store.discardWaiting(ROOM, max, at)),
  );
const settle = pick.map((n) =>
  named(`settle ${n} back`, ({ store, journals }) =>
    store.settle(ROOM, journals.at(-1 - (n % 3)) ?? { promotions: [], ends: [] }),
  ),
);
const configure = fc
  .tuple(settings, version)
  .map(([chosen, at]) =>
    named(`configure ${JSON.stringify(chosen)} at ${at}`, ({ store }) =>
      store.configure(ROOM, chosen, at),
    ),
  );
const stats = fc.constant(named("stats", ({ store }) => store.stats(ROOM)));
/** No sum of these is near a bound, so the time that a story takes changes no answer. */
const passTime = fc.constantFrom(1_700, 17_000, 70_000, 700_000).map((ms) =>
  named(`${ms} ms pass`, (side) => {
    side.journals = [];
    return side.passTime(ms);
  }),
);
const lose = fc.constant(named("lose", (side) => side.lose()));
const beginAnew = rebuild.map((begin) =>
  named(`lose and ${fc.stringify(begin)}`, async (side) => {
    await side.lose();
    return begin(side);
  }),
);

const step = fc.oneof(
  { weight: 2, arbitrary: rebuild },
  { weight: 14, arbitrary: join },
  { weight: 6, arbitrary: restore },
  { weight: 6, arbitrary: place },
  { weight: 6, arbitrary: leave },
  { weight: 14, arbitrary: promote },
  { weight: 4, arbitrary: promoteUntil },
  { weight: 4, arbitrary: list },
  { weight: 2, arbitrary: discardWaiting },
  { weight: 10, arbitrary: settle },
  { weight: 2, arbitrary: configure },
  { weight: 4, arbitrary: stats },
  { weight: 5, arbitrary: passTime },
  { weight: 1, arbitrary: lose },
  { weight: 5, arbitrary: beginAnew },
);

/** Each store has its own times. */
const TIMES =
  /^(admittedAtUs|enteredAtUs|endedAtUs|expiresAtMs|generationStartedUs|measuredMs|meanStayMs)$/;

/** An answer that both stores must give: without times, and with sequences numbered in order. */
function comparable(answer: unknown, { sequences }: Side): unknown {
  return JSON.parse(JSON.stringify(answer ?? null), (key, value: unknown) => {
    if (key === "journal" || TIMES.test(key)) return undefined;
    if (typeof value !== "number" || !/^(sequence|lastSequence)$/.test(key)) return value;
    // The sequence 0 belongs to no place: no user has joined yet.
    if (value === 0) return "none";
    if (!sequences.includes(value)) sequences.push(value);
    return sequences.indexOf(value);
  });
}

describe("in-memory queue store, compared with the one in Redis", () => {
  let room: QueueRoom;
  before(async () => {
    room = await openQueueRoom();
  });
  after(() => room.close());

  function redisSide(): Side {
    const { store, passTime: promotion, lose: loseAll } = room;
    const { nowMs } = systemClock;
    return { store, nowMs, passTime: promotion, lose: loseAll, sequences: [], journals: [] };
  }

  function memorySide(): Side {
    const clock = passingClock();
    const redisState = createRedisState({ clock });
    return {
      nowMs: clock.nowMs,
      store: memoryQueueStore(redisState, directLink),
      passTime: async (ms) => clock.pass(ms),
      lose: async () => redisState.lose(),
      sequences: [],
      journals: [],
    };
  }

  it("returns the same answers as Redis in 150 random runs", async () => {
    const story = fc.tuple(rebuild, fc.array(step, { minLength: 20, maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(story, async ([first, steps]) => {
        await room.lose();
        const sides = [redisSide(), memorySide()];
        for (const each of [first, ...steps]) {
          const [real, memory] = await Promise.all(
            sides.map(async (side) => comparable(await each(side), side)),
          );
          expect(memory).to.deep.equal(real);
        }
      }),
      { numRuns: 150, seed: 20_260_601 },
    );
  });
});
