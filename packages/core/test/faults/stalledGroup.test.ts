import { type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import { expect } from "chai";
import { migrateDatabase, openCore } from "../../src/compose/openCore.ts";
import type { OpenedCore } from "../../src/compose/openedCore.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { expectInvariants } from "../support/expectInvariants.ts";
import { makeSale, newUserId, QUEUE_ID } from "../support/fixtures.ts";
import { configOf, newTestStack, type TestStack } from "../support/testStack.ts";

/** A hold and a seat lock are shorter than the stall of MySQL. */
const LIVES = { HOLD_TTL_MS: "400", SEAT_LOCK_TTL_MS: "100" };
const STALL_MS = 1_500;
const SEATS = 20;
const BUYERS = 120;

/** A hold whose buyer got an answer. */
interface AnsweredHold {
  readonly seatId: number;
  readonly reservationId: number;
}

describe("MySQL that stalls longer than every time to live, in the middle of groups", () => {
  let servers: Stack;
  let stack: TestStack;
  before("starts a MySQL of its own", async function () {
    this.timeout(120_000);
    servers = await stackUp({
      name: `${TEST_STACK_PREFIX}stall-${process.pid}`,
      servers: ["mysql"],
      env: { ...process.env, MYSQL_URL: "" },
    });
    const url = new URL(servers.urls.mysqlUrl);
    url.pathname = "/onsale_stall";
    const shared = await newTestStack();
    stack = { ...shared, env: { ...shared.env, MYSQL_URL: url.href } };
    await migrateDatabase(configOf(stack));
  });
  after("stops it", async function () {
    this.timeout(60_000);
    await servers.down();
  });

  for (const [name, settings] of [
    ["and is waited for", { MYSQL_DOWN_AFTER_MS: "10000", SEAT_LOCK: "conditional" }],
    ["and is waited for, with seat locks", { MYSQL_DOWN_AFTER_MS: "10000", SEAT_LOCK: "redlock" }],
    ["and is called down", { SEAT_LOCK: "conditional" }],
  ] as const) {
    it(`sells no seat twice: ${name}`, async function () {
      this.timeout(60_000);
      const opened: OpenedCore[] = [];
      for (let count = 0; count < 2; count += 1) {
        opened.push(await openCore(configOf(stack, { ...LIVES, ...settings }), { role: "api" }));
      }
      const cores = opened.map(({ core }) => core);
      const [core] = cores as [CoreContext];
      try {
        const { seatIds } = await makeSale(core, SEATS);
        const answered = await Promise.all([
          rush(cores, seatIds),
          core.clock.sleep(50).then(() => stall(core)),
        ]).then(([holds]) => holds);
        expect(answered.length, "holds that buyers know of").to.be.above(SEATS);
        await expectOneHolderAtATime(core, answered);
        await expectInvariants(core);
      } finally {
        for (const { close } of opened) await close();
      }
    });
  }

  async function stall(core: CoreContext): Promise<void> {
    await servers.fault("mysql", "pause");
    await core.clock.sleep(STALL_MS);
    await servers.fault("mysql", "resume");
  }

  /** Buyers who ask for the seats again and again, until the stall is over. */
  async function rush(
    cores: readonly CoreContext[],
    seatIds: readonly number[],
  ): Promise<AnsweredHold[]> {
    const answered: AnsweredHold[] = [];
    const [{ clock }] = cores as [CoreContext];
    const untilMs = clock.monotonicMs() + 2 * STALL_MS;
    const buy = async (buyer: number): Promise<void> => {
      const userId = newUserId();
      for (let request = 0; clock.monotonicMs() < untilMs; request += 1) {
        const seatId = seatIds[(buyer + request) % SEATS] ?? 0;
        const core = cores[(buyer + request) % cores.length] as CoreContext;
        const hold = holdSeats(core, { userId, seatIds: [seatId], queueId: QUEUE_ID });
        await hold.then(
          async ({ value, replayed }) => {
            // A repeated answer is the hold that the buyer still has.
            if (replayed) await clock.sleep(5);
            else answered.push({ seatId, reservationId: value.reservationId });
          },
          () => clock.sleep(5),
        );
      }
    };
    await Promise.all(Array.from({ length: BUYERS }, (_unused, buyer) => buy(buyer)));
    return answered;
  }

  /** Each answered hold exists, and begins after the earlier hold of its seat expired. */
  async function expectOneHolderAtATime(
    core: CoreContext,
    answered: readonly AnsweredHold[],
  ): Promise<void> {
    for (const [seatId, holds] of Map.groupBy(answered, (hold) => hold.seatId)) {
      const found = await Promise.all(
        holds.map(({ reservationId }) => core.reservations.find(null, reservationId)),
      );
      const ordered = found
        .map((reservation) => {
          if (!reservation)
            throw new Error(`a hold of seat ${seatId} was answered and is not stored`);
          return reservation;
        })
        .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
      for (const [at, later] of ordered.entries()) {
        const earlier = ordered[at - 1];
        if (earlier) expect(later.createdAt).to.be.above(earlier.expiresAt);
      }
    }
  }
});
