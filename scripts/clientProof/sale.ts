import assert from "node:assert/strict";
import { createClient } from "@onsale/client";
import {
  checkInvariants,
  configureQueue,
  createConcert,
  createPerformance,
  createUser,
  joinQueue,
  readConfig,
} from "@onsale/core";
import { issueAccessToken, startServer } from "../../packages/api/src/index.ts";

const PRICE = 1_000;
/** A client must return both seats, or the next client finds none. */
const SEATS = ["A-1", "A-2"];
const DAY_MS = 24 * 60 * 60 * 1000;
const QUEUE_ID = "main";
/** One buyer in each second, so that a client sees its position change. */
const ADMISSIONS_PER_MINUTE = 60;
const BUYERS_AHEAD = 3;
const SECRET = "only-for-this-proof-0123456789-0123456789";

/** A running API with a sale of two seats. */
export interface Sale {
  readonly url: string;
  /** Pauses the queue, and lets buyers join who are admitted before the next one. */
  joinAhead(): Promise<void>;
  /** Admits the buyers, one after the other. Called when a client has shown its first place. */
  admit(): Promise<void>;
  /**
   * Fails unless the output of a client says that its user followed the place, and bought and
   * returned both seats, and unless the seats and the account of the user are then right.
   */
  expectReturned(output: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the embedded stack. @param pageOrigin the origin whose pages may call the API */
export async function openSale(pageOrigin: string): Promise<Sale> {
  const config = readConfig({
    ...{ STACK: "embedded", PORT: "0", LOG_LEVEL: "error", CORS_ORIGINS: pageOrigin },
    ...{ AUTH_JWT_SECRET: SECRET, DEV_ISSUER: "true" },
    QUEUE_ADMISSION_RATE_PER_MINUTE: String(ADMISSIONS_PER_MINUTE),
  });
  const { url, core, close } = await startServer(config);
  const { id: concertId } = await createConcert(core, { title: "Rush", singer: "Locks" });
  const seats = SEATS.map((seatNo) => ({ seatNo, section: "A", price: PRICE }));
  const startsAt = new Date(core.clock.nowMs() + DAY_MS);
  await createPerformance(core, { concertId, startsAt, venue: "Hall", seats });

  const clientOf = (userId: number) =>
    createClient({ baseUrl: url, accessToken: issueAccessToken(config, { userId }).accessToken });

  return {
    url,
    close,
    async joinAhead() {
      await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "paused" } });
      for (let buyer = 1; buyer <= BUYERS_AHEAD; buyer += 1) {
        const { userId } = await createUser(core, { name: `Buyer ${buyer}` });
        await joinQueue(core, { queueId: QUEUE_ID, userId });
      }
    },
    async admit() {
      await configureQueue(core, { queueId: QUEUE_ID, settings: { mode: "open" } });
    },
    async expectReturned(output) {
      const userId = expectWay(output);
      const client = clientOf(userId);
      const { reservations } = await client.reservations();
      const bought = reservations.map(({ status, seats: own }) => [status, own.length]);
      assert.deepEqual(bought, [["REFUNDED", SEATS.length]]);
      const { entries } = await client.call("pointHistory", {});
      const total = SEATS.length * PRICE;
      assert.deepEqual(
        entries.map(({ kind, amount, balanceAfter }) => [kind, amount, balanceAfter]),
        [
          ["REFUND", total, total],
          ["SPEND", total, 0],
          ["CHARGE", total, total],
        ],
      );
      const { results } = await checkInvariants(core, {
        acknowledged: {
          ...{ reservationIds: reservations.map(({ reservationId }) => reservationId) },
          ...{ paymentIds: reservations.flatMap(({ paymentId }) => paymentId ?? []) },
          chargedByUser: new Map([[userId, total]]),
        },
      });
      assert.deepEqual(
        results.filter(({ holds }) => !holds),
        [],
      );
    },
  };
}

/** @returns the id of the user */
function expectWay(output: string): number {
  const total = SEATS.length * PRICE;
  const [, userId] = /^User (\d+)$/m.exec(output) ?? [];
  assert(userId !== undefined, `The client names no user:\n${output}`);
  const positions = [...output.matchAll(/^Position (\d+)$/gm)].map(([, text]) => Number(text));
  assert(new Set(positions).size > 1, `The client has not seen its position change:\n${output}`);
  assert.deepEqual(
    positions,
    positions.toSorted((one, other) => other - one),
  );
  const [, first, second] = /^Bought (A-\d) and (A-\d) for 2000 points$/m.exec(output) ?? [];
  assert.deepEqual([first, second].toSorted(), SEATS, `Other seats or points:\n${output}`);
  const last = `Returned ${total} points, balance ${total}`;
  assert(output.trimEnd().endsWith(last), `The client has not returned its seats:\n${output}`);
  return Number(userId);
}
