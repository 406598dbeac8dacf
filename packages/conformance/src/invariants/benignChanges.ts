import type { Corruption } from "./corruption.ts";
import {
  CANCELLED,
  CONFIRMED,
  DAY_US,
  MINUTE_US,
  PAID_BACK,
  PENDING,
  SECOND_US,
} from "./historyFacts.ts";
import { HISTORY_TABLES, type HistoryTable } from "./historyRows.ts";
import {
  AUDIT_ID,
  adjustBob,
  discardAudit,
  discardFirstOfConfirmed,
  replayConfirmed,
} from "./operatorActs.ts";
import { refundOneSeat } from "./partialRefund.ts";

/** Changes that look like corruptions but are allowed during a sale. */
export const BENIGN_CHANGES: readonly Pick<Corruption, "what" | "plant">[] = [
  {
    what: "rows that are stored in another order",
    plant({ rows, insert, remove }) {
      const reverseRows = <Table extends HistoryTable>(table: Table): void => {
        const reversed = rows()[table].toReversed();
        remove(table, {});
        for (const row of reversed) insert(table, row);
      };
      for (const table of HISTORY_TABLES) reverseRows(table);
    },
  },
  { what: "a refund of one of two seats", plant: refundOneSeat },
  {
    what: "the seats of an event in another order",
    plant({ rows, update }) {
      const confirmed = { aggregateType: "reservation", aggregateId: CONFIRMED } as const;
      const message = rows().outboxMessages.find(({ payload }) => payload.includes("[2,6]"));
      const payload = message?.payload.replace("[2,6]", "[6,2]") ?? "";
      update("outboxMessages", confirmed, { payload });
    },
  },
  {
    what: "two ends of a hold that differ by a millisecond",
    plant: ({ update, nowUs }) =>
      update("seats", { id: 1 }, { holdExpiresAtUs: nowUs + 4 * MINUTE_US + 1_000 }),
  },
  {
    what: "a refunded payment that was written within a minute after its hold",
    plant: ({ update, nowUs }) =>
      update("payments", { id: PAID_BACK }, { capturedAtUs: nowUs - 34 * MINUTE_US }),
  },
  {
    what: "an expired hold that the reaper has not ended yet",
    plant({ update, nowUs }) {
      update("reservations", { id: PENDING }, { expiresAtUs: nowUs - 30 * MINUTE_US });
      update("seats", { id: 1 }, { holdExpiresAtUs: nowUs - 30 * MINUTE_US });
    },
  },
  {
    what: "a message whose id is in upper case in every table",
    plant({ update }) {
      const [before, after] = [{ messageId: "message-9" }, { messageId: "MESSAGE-9" }];
      update("outboxMessages", before, after);
      update("outboxPublications", before, after);
      update("inboxMessages", before, after);
      update("notifications", before, after);
    },
  },
  {
    what: "a message that was published again",
    plant: ({ copy }) => copy("outboxPublications", { messageId: "message-1" }, { id: 1000 }),
  },
  {
    what: "a replay in the order of the versions",
    plant: (editor) => replayConfirmed(editor, { first: 1000, second: 1001 }),
  },
  {
    what: "a replay of which only the first message has been published",
    plant(editor) {
      replayConfirmed(editor, { first: 1000, second: 1001 });
      editor.remove("outboxPublications", { id: 1001 });
      const last = { aggregateId: CONFIRMED, type: "reservation.confirmed" };
      editor.update("outboxMessages", last, { status: "PENDING" });
    },
  },
  {
    what: "a replay after cleanup deleted the first publications of its messages",
    plant(editor) {
      replayConfirmed(editor, { first: 1000, second: 1001 });
      editor.remove("outboxPublications", { aggregateId: CONFIRMED, replayJob: null });
    },
  },
  {
    what: "a version in between that an operator discarded",
    plant(editor) {
      const second = { aggregateType: "point-account", aggregateVersion: 2 } as const;
      editor.insert("opsAudit", discardAudit(editor.nowUs));
      const discarded = { status: "DISCARDED", discardAudit: AUDIT_ID } as const;
      editor.update("outboxMessages", second, discarded);
      editor.remove("outboxPublications", second);
    },
  },
  {
    what: "an adjustment of points by an operator",
    plant: adjustBob,
  },
  {
    what: "a first version that an operator discarded",
    plant: discardFirstOfConfirmed,
  },
  {
    what: "a last version that is not published yet",
    plant({ update, remove }) {
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
    what: "a deleted message of an old first transition whose last one is young",
    plant({ update, remove, nowUs }) {
      update("reservations", { id: CANCELLED }, { createdAtUs: nowUs - 8 * DAY_US });
      remove("outboxMessages", { aggregateId: CANCELLED, type: "reservation.held" });
    },
  },
  {
    what: "an admission whose end was recorded after it had expired",
    plant({ update, nowUs }) {
      const endedAtUs = nowUs - 6 * MINUTE_US;
      update("queueAdmissions", { sequence: 50 }, { endedAtUs });
    },
  },
  {
    what: "an admission within seconds after a change of limits",
    plant: ({ update, nowUs }) =>
      update("queueFormerLimits", { id: 1 }, { endedAtUs: nowUs - 13 * MINUTE_US - 5 * SECOND_US }),
  },
];
