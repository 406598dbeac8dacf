import { payReservation } from "@onsale/core";
import { expect } from "chai";
import {
  availableSeats,
  deadMessage,
  newSale,
  PRICE,
  publishAll,
  type Servers,
} from "./saleStates.ts";

/** A command that changes something, with a state that it can change. */
export interface KilledCommand {
  readonly name: string;
  /** False when the number of changes may differ from the plan. Default: true. */
  readonly isCountExact?: boolean;
  /** Makes the state. */
  prepare(servers: Servers): Promise<{
    readonly words: readonly string[];
    /** Expects the state that the command promises. */
    expectDone(): Promise<unknown>;
    /** True when rows were made older. I5 is then violated afterwards. */
    readonly isAged?: boolean;
  }>;
}

/** The commands that change messages, points, payments, reservations and notifications. */
export const killedMoneyCommands: readonly KilledCommand[] = [
  {
    name: "outbox replay",
    async prepare({ core }) {
      const { userId } = await newSale(core);
      await publishAll(core);
      const words = ["--aggregate-type", "point-account", "--aggregate", String(userId)];
      return {
        words: ["outbox", "replay", ...words],
        async expectDone() {
          expect((await core.outbox.counts(null)).pending).to.equal(1);
          await publishAll(core);
        },
      };
    },
  },
  {
    name: "outbox dead-letters redrive",
    async prepare({ core, stack }) {
      const messageId = await deadMessage({ core, stack });
      return {
        words: ["outbox", "dead-letters", "redrive", "--id", messageId],
        async expectDone() {
          expect(await core.outbox.counts(null)).to.include({ dead: 0, pending: 1 });
          await publishAll(core);
        },
      };
    },
  },
  {
    name: "outbox dead-letters discard",
    async prepare({ core, stack }) {
      const messageId = await deadMessage({ core, stack });
      return {
        words: ["outbox", "dead-letters", "discard", "--id", messageId],
        expectDone: async () =>
          expect(await core.outbox.counts(null)).to.include({ dead: 0, pending: 0 }),
      };
    },
  },
  {
    name: "point adjust",
    async prepare({ core }) {
      const { userId } = await newSale(core);
      return {
        words: ["point", "adjust", String(userId), "--amount", "-200"],
        expectDone: async () => expect(await core.ledger.balanceOf(null, userId)).to.equal(9_800),
      };
    },
  },
  {
    name: "payment refund",
    async prepare({ core }) {
      const { userId, held, seats } = await newSale(core);
      const reservationId = await held();
      const { value } = await payReservation(core, { userId, reservationId });
      return {
        words: ["payment", "refund", String(value.paymentId)],
        async expectDone() {
          expect(await core.ledger.balanceOf(null, userId)).to.equal(10 * PRICE);
          expect(await availableSeats(seats)).to.equal(3);
        },
      };
    },
  },
  {
    name: "reservation release",
    async prepare({ core }) {
      const { held, seats } = await newSale(core);
      return {
        words: ["reservation", "release", String(await held())],
        expectDone: async () => expect(await availableSeats(seats)).to.equal(3),
      };
    },
  },
  {
    name: "reservation expire-overdue",
    async prepare({ core, stack }) {
      const { held, seats } = await newSale(core);
      const reservationId = await held();
      const past = "NOW(6) - INTERVAL 1 SECOND";
      await stack.sql(`UPDATE reservations SET expires_at = ${past} WHERE id = ${reservationId}`);
      await stack.sql(
        `UPDATE seats s JOIN reservations r ON r.id = s.reservation_id
         SET s.hold_expires_at = r.expires_at WHERE r.id = ${reservationId}`,
      );
      return {
        words: ["reservation", "expire-overdue"],
        expectDone: async () => expect(await availableSeats(seats)).to.equal(3),
      };
    },
  },
  {
    name: "point restore-balance",
    async prepare({ core, stack }) {
      const { userId } = await newSale(core);
      const damage = "balance = balance + 7";
      await stack.sql(`UPDATE point_accounts SET ${damage} WHERE user_id = ${userId}`);
      return {
        words: ["point", "restore-balance", String(userId)],
        expectDone: async () =>
          expect(await core.ledger.balanceOf(null, userId)).to.equal(10 * PRICE),
      };
    },
  },
  {
    name: "notification retry",
    async prepare({ core, stack }) {
      const { userId, held } = await newSale(core);
      await payReservation(core, { userId, reservationId: await held() });
      await publishAll(core);
      const later = "next_attempt_at = NOW(6) + INTERVAL 1 HOUR";
      await stack.sql(`UPDATE notifications SET status = 'OWED', attempts = 1, ${later}`);
      return {
        words: ["notification", "retry"],
        async expectDone() {
          const waiting = await stack.rows(
            "SELECT id FROM notifications WHERE next_attempt_at > NOW(6)",
          );
          expect(waiting).to.deep.equal([]);
        },
      };
    },
  },
  {
    name: "outbox cleanup",
    isCountExact: false,
    async prepare({ core, stack }) {
      await publishAll(core);
      for (const table of ["outbox_messages", "outbox_publications"]) {
        const age = "published_at - INTERVAL 40 DAY";
        await stack.sql(`UPDATE ${table} SET published_at = ${age}`);
      }
      return {
        words: ["outbox", "cleanup", "--older-than-days", "30"],
        expectDone: async () => expect((await core.outbox.counts(null)).published).to.equal(0),
        // Only the messages were made older, and not the transitions that they describe.
        isAged: true,
      };
    },
  },
];
