import { invariantsHold, violationsFigure } from "../readings/damageReadings.ts";
import { pendingFigure } from "../readings/outboxReadings.ts";
import { activeFigure, modeIs } from "../readings/queueReadings.ts";
import type { Runbook } from "../runbook.ts";
import { pauseStep, resumeStep } from "./moneySteps.ts";

/** A payment, its reservation and its seats disagree. */
export const paidNotConfirmedRunbook: Runbook = {
  name: "paid-not-confirmed",
  title: "A buyer paid and has no confirmed seat",
  severity: "critical",
  symptom:
    "A buyer's points are spent, and the reservation is not confirmed or its seat is not sold to " +
    "the buyer. A payment is one transaction, so a lost answer or a late notification is the " +
    "usual cause of a complaint; then doctor finds nothing, and the buyer's page shows the seat.",
  detection: ["SALE_INCONSISTENT"],
  subject: "queue",
  isDangerous: true,
  preconditions: [],
  diagnosis: [
    violationsFigure("I2", "Another program changed a payment, its reservation or its seat."),
    violationsFigure("I4", "The points of a payment are not in the ledger."),
    pendingFigure,
    activeFigure,
  ],
  steps: [
    pauseStep,
    {
      kind: "manual",
      name: "settle-buyers",
      title: "Keep the evidence, and settle each affected payment",
      instruction:
        "For each reservation and payment that `onsale doctor --full --json` names, save `onsale " +
        "reservation show ID --json`, `onsale payment show ID --json` and `onsale point ledger " +
        "USER --json`. A payment whose reservation is CONFIRMED and has its seats: `onsale " +
        "payment refund ID` returns the points and the seats. Another program than Onsale has " +
        "changed every other payment: take the lost change from the binary log of MySQL, and " +
        "have the owner of the database restore that row in one transaction. Guess nothing.",
      done: invariantsHold("I2"),
      withinMs: 900_000,
    },
    {
      kind: "check",
      name: "points-are-right",
      title: "Make sure that the points of all payments are in the ledger",
      done: invariantsHold("I3", "I4"),
    },
    resumeStep,
  ],
  verification: [invariantsHold("I2", "I3", "I4"), modeIs("open")],
  rollback: "Restores the mode of the queue. A refund stays: the buyer buys anew.",
  escalation:
    "When the condition of `settle-buyers` is not true in time, the queue stays paused. Hand " +
    "over the evidence to the owner of the sale. Until the decision the buyer loses nothing: the " +
    "ledger has the spent points, and `onsale payment show` proves the payment.",
};
