import type { Damage } from "./damage.ts";
import { EVIDENCE_TABLES, type EvidenceTable } from "./evidenceRows.ts";
import {
  CANCELLED,
  CONFIRMED,
  DAY_US,
  MINUTE_US,
  PAID_BACK,
  PENDING,
  SECOND_US,
} from "./historyFacts.ts";

/** What looks like damage and is none, as long as nothing has come to rest. */
export const HARMLESS: readonly Pick<Damage, "what" | "inflict">[] = [
  {
    what: "rows that are stored in another order",
    inflict({ rows, insert, remove }) {
      const turnRound = <Table extends EvidenceTable>(table: Table): void => {
        const backwards = rows()[table].toReversed();
        remove(table, {});
        for (const row of backwards) insert(table, row);
      };
      for (const table of EVIDENCE_TABLES) turnRound(table);
    },
  },
  {
    what: "a hold's two ends within a millisecond",
    inflict: ({ update, nowUs }) =>
      update("seats", { id: 1 }, { holdExpiresAtUs: nowUs + 4 * MINUTE_US + 1_000 }),
  },
  {
    what: "a payment, refunded since, that was written soon after its hold",
    inflict: ({ update, nowUs }) =>
      update(
        "payments",
        { id: PAID_BACK },
        { capturedAtUs: nowUs - 35 * MINUTE_US + 10 * SECOND_US },
      ),
  },
  {
    what: "a hold that is over and waits for the sweep",
    inflict({ update, nowUs }) {
      update("reservations", { id: PENDING }, { expiresAtUs: nowUs - 30 * MINUTE_US });
      update("seats", { id: 1 }, { holdExpiresAtUs: nowUs - 30 * MINUTE_US });
    },
  },
  {
    what: "a message that was published again",
    inflict: ({ copy }) => copy("outboxPublications", { messageId: "message-1" }, { id: 1000 }),
  },
  {
    what: "the last version, which did not leave yet",
    inflict({ update, remove }) {
      const last = {
        aggregateType: "reservation",
        aggregateId: CONFIRMED,
        aggregateVersion: 2,
      } as const;
      update("outboxMessages", last, { status: "PENDING" });
      remove("outboxPublications", last);
    },
  },
  {
    what: "an old first transition of a young last one, tidied away",
    inflict({ update, remove, nowUs }) {
      update("reservations", { id: CANCELLED }, { createdAtUs: nowUs - 8 * DAY_US });
      remove("outboxMessages", { aggregateId: CANCELLED, type: "reservation.held" });
    },
  },
  {
    what: "a pass whose end was noted after it had expired",
    inflict({ update, nowUs }) {
      const endedAtUs = nowUs - 6 * MINUTE_US;
      update("queueAdmissions", { sequence: 50 }, { endedAtUs });
    },
  },
  {
    what: "limits that were changed a moment before",
    inflict: ({ update, nowUs }) =>
      update("queueFormerLimits", { id: 1 }, { endedAtUs: nowUs - 13 * MINUTE_US - 5 * SECOND_US }),
  },
];
