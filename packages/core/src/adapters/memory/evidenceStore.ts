import type { EvidenceStore } from "../../ports/evidenceStore.ts";
import type { EvidenceOptions } from "../evidence/evidenceOptions.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import { acknowledgedEvidence } from "./evidence/acknowledgedEvidence.ts";
import { admissionsOutOfTurn, admissionsOverLimit } from "./evidence/admissionEvidence.ts";
import { claimEvidence } from "./evidence/claimEvidence.ts";
import { holdEvidence } from "./evidence/holdEvidence.ts";
import { ledgerEvidence } from "./evidence/ledgerEvidence.ts";
import { messageEvidence } from "./evidence/messageEvidence.ts";
import { orderEvidence } from "./evidence/orderEvidence.ts";
import { paymentEvidence } from "./evidence/paymentEvidence.ts";
import { saleEvidence } from "./evidence/saleEvidence.ts";

/** Each question is one statement, so all its rules see one moment. */
export function memoryEvidenceStore(db: MemoryDb, options: EvidenceOptions): EvidenceStore {
  const { tables } = db;
  return {
    seatsWithTwoLiveReservations: () =>
      db.run(null, "evidence.claims", (s) => claimEvidence(s, tables)),
    soldSeatsDisagreement: () => db.run(null, "evidence.sales", (s) => saleEvidence(s, tables)),
    balanceDisagreement: () => db.run(null, "evidence.ledger", (s) => ledgerEvidence(s, tables)),
    paymentDisagreement: () => db.run(null, "evidence.payments", (s) => paymentEvidence(s, tables)),
    messagesMissingOrDoubled: ({ drained }) =>
      db.run(null, "evidence.messages", (s) => messageEvidence(s, tables, { ...options, drained })),
    messagesOutOfOrder: () => db.run(null, "evidence.order", (s) => orderEvidence(s, tables)),
    admissionsOverLimit: () =>
      db.run(null, "evidence.limits", (s) => admissionsOverLimit(s, tables)),
    admissionsOutOfTurn: () =>
      db.run(null, "evidence.turns", (s) => admissionsOutOfTurn(s, tables)),
    holdsOverdue: (boundMs) =>
      db.run(null, "evidence.holds", (s) => holdEvidence(s, tables, boundMs)),
    acknowledgedButLost: (told) =>
      db.run(null, "evidence.acknowledged", (s) => acknowledgedEvidence(s, tables, told)),
  };
}
