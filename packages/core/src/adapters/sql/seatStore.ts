import type { SeatStore } from "../../ports/seatStore.ts";
import { seatStates } from "../../reservation/seatStates.ts";
import { SEATS_PER_STATEMENT_MAX, statementParts } from "../shared/statementParts.ts";
import type { Database } from "./database.ts";
import { gather } from "./group/step.ts";
import {
  BLOCK,
  BLOCKS,
  DROP_REASONS,
  END_SOME_LINKS,
  EXTEND,
  FIND,
  KEEP_REASONS,
  OF_PERFORMANCE,
  RELEASE_SOME,
  UNBLOCK,
} from "./seatStatements.ts";
import {
  confirmSeats,
  findSeats,
  holdSeats,
  lockSeats,
  readOffered,
  releaseSeats,
} from "./seatSteps.ts";

/** Stores seats, the rows that buyers compete for. */
export function sqlSeatStore(db: Database): SeatStore {
  const lock = lockSeats(db);
  const find = findSeats(db);
  const offered = readOffered(db);
  const hold = holdSeats(db);
  const confirm = confirmSeats(db);
  const release = releaseSeats(db);
  return {
    lock: (tx, seatIds) => gather(tx, lock, seatIds),
    offered: (tx, seatIds, holdMs) => gather(tx, offered, { seatIds, holdMs }),
    hold: (tx, newHold) => gather(tx, hold, newHold),
    confirm: (tx, reservationId, seatCount) => gather(tx, confirm, { reservationId, seatCount }),
    extend: (tx, reservationId, expiresAt) => db.change(tx, EXTEND, { reservationId, expiresAt }),
    async release(tx, reservationId, from) {
      seatStates.requireMove(from, "AVAILABLE");
      return gather(tx, release, { reservationId, from });
    },
    async releaseSome(tx, { reservationId, seatIds, from, version }) {
      seatStates.requireMove(from, "AVAILABLE");
      const released = await db.change(tx, RELEASE_SOME, { reservationId, seatIds, from });
      await db.change(tx, END_SOME_LINKS, { reservationId, seatIds, version });
      return released;
    },
    find: (tx, seatIds) => (tx ? gather(tx, find, seatIds) : db.select(tx, FIND, { seatIds })),
    ofPerformance: (tx, performanceId) => db.select(tx, OF_PERFORMANCE, { performanceId }),
    async block(tx, seatIds, reason) {
      let count = 0;
      for (const part of statementParts(seatIds, SEATS_PER_STATEMENT_MAX)) {
        const blocked = await db.change(tx, BLOCK, { seatIds: part });
        count += blocked;
        // A seat that is blocked already has a reason, and the caller rolls back.
        if (blocked < part.length) return count;
        await db.change(tx, KEEP_REASONS, { rows: part.map((id) => [id, reason]) });
      }
      return count;
    },
    async unblock(tx, seatIds) {
      let count = 0;
      for (const part of statementParts(seatIds, SEATS_PER_STATEMENT_MAX)) {
        count += await db.change(tx, UNBLOCK, { seatIds: part });
        await db.change(tx, DROP_REASONS, { seatIds: part });
      }
      return count;
    },
    blocks: (tx, performanceId) => db.select(tx, BLOCKS, { performanceId }),
  };
}
