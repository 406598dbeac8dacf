import { invariantsHold, unpaidHoldsEnded, violationsFigure } from "../readings/damageReadings.ts";
import { overdueHoldsFigure } from "../readings/holdReadings.ts";
import { activeFigure, modeIs } from "../readings/queueReadings.ts";
import type { Runbook } from "../runbook.ts";
import { pauseStep, resumeStep } from "./moneySteps.ts";

/** The records of the right to a seat disagree, so that the seat could be sold twice. */
export const doubleSaleRunbook: Runbook = {
  name: "double-sale",
  title: "A seat may be sold twice",
  severity: "critical",
  symptom:
    "Two buyers show a reservation of one seat, or a seat is for sale while a buyer holds it. " +
    "The unique index of MySQL refuses a second live reservation, so only a change by another " +
    "program than Onsale, or a lost write of the database server, can cause it.",
  detection: ["SEAT_RIGHTS_BROKEN"],
  subject: "queue",
  isDangerous: true,
  preconditions: [],
  diagnosis: [
    violationsFigure("I1", "The seat, its link and its reservation disagree on the seat's owner."),
    violationsFigure("I2", "A paid seat is not sold to its buyer, or a sold seat is not paid."),
    overdueHoldsFigure,
    activeFigure,
  ],
  steps: [
    pauseStep,
    {
      kind: "manual",
      name: "keep-evidence",
      title: "Keep the evidence before anything changes",
      instruction:
        "Save the output of `onsale doctor --full --json`; for each reservation that it names, " +
        "`onsale reservation show ID --json`; and a copy of the binary log of MySQL since the " +
        "last healthy check. Active buyers can still pay: when the evidence names seats of a " +
        "running payment, `onsale queue evict` ends its buyer. Then acknowledge this step.",
      withinMs: 0,
    },
    {
      kind: "wait",
      name: "unpaid-holds-end",
      title: "Wait until the unpaid holds of the affected seats have expired and were ended",
      done: unpaidHoldsEnded,
      withinMs: 1_200_000,
    },
    {
      kind: "check",
      name: "one-sale-per-seat",
      title: "Make sure that each seat has one right, and that each sold seat is paid",
      done: invariantsHold("I1", "I2"),
    },
    resumeStep,
  ],
  verification: [invariantsHold("I1", "I2"), modeIs("open")],
  rollback: "Restores the mode of the queue. A hold that expired cannot return.",
  escalation:
    "When `one-sale-per-seat` fails, a paid reservation is affected and no repair is certain: " +
    "the queue stays paused. Hand over the evidence. The owner of the sale decides which buyer " +
    "keeps the seat (the row of the seat names one buyer), and returns the points of the other " +
    "buyer with `onsale payment refund`, or with `onsale point adjust` when the refund is refused.",
};
