import type { EvidenceStore } from "../../ports/evidenceStore.ts";
import {
  CAPTURE_SLACK_MS,
  type EvidenceOptions,
  heedMicrosOf,
} from "../evidence/evidenceOptions.ts";
import type { Database } from "./database.ts";
import { acknowledgedButLost } from "./evidence/acknowledgedEvidence.ts";
import { admissionsOutOfTurn, admissionsOverLimit } from "./evidence/admissionEvidence.ts";
import { askQuestion } from "./evidence/askQuestion.ts";
import {
  MESSAGES_ARE_DELIVERED,
  MESSAGES_ARE_IN_ORDER,
  MESSAGES_ARE_WHOLE,
} from "./evidence/messageQuestions.ts";
import { BALANCE_IS_LEDGER, PAYMENTS_ADD_UP } from "./evidence/pointQuestions.ts";
import {
  HOLDS_END_IN_TIME,
  SEAT_HAS_ONE_CLAIM,
  SOLD_SEATS_AGREE,
} from "./evidence/seatQuestions.ts";

/** Reads only, outside any transaction; safe while the sale runs. */
export function mysqlEvidenceStore(db: Database, options: EvidenceOptions): EvidenceStore {
  const messageValues = {
    heedMicros: heedMicrosOf(options),
    notifier: options.notifier,
    notifiedTypes: options.notifiedTypes,
  };
  return {
    seatsWithTwoLiveReservations: () => askQuestion(db, SEAT_HAS_ONE_CLAIM),
    soldSeatsDisagreement: () => askQuestion(db, SOLD_SEATS_AGREE),
    balanceDisagreement: () => askQuestion(db, BALANCE_IS_LEDGER),
    paymentDisagreement: () => askQuestion(db, PAYMENTS_ADD_UP),
    messagesMissingOrDoubled: ({ drained }) =>
      askQuestion(db, drained ? MESSAGES_ARE_DELIVERED : MESSAGES_ARE_WHOLE, messageValues),
    messagesOutOfOrder: () => askQuestion(db, MESSAGES_ARE_IN_ORDER),
    admissionsOverLimit: () => admissionsOverLimit(db),
    admissionsOutOfTurn: () => admissionsOutOfTurn(db),
    holdsOverdue: (boundMs) =>
      askQuestion(db, HOLDS_END_IN_TIME, {
        boundMicros: Math.round(boundMs * 1000),
        slackMicros: CAPTURE_SLACK_MS * 1000,
      }),
    acknowledgedButLost: (acknowledged) => acknowledgedButLost(db, acknowledged),
  };
}
