import { restoreBalanceOperation } from "../../operations/point/restoreBalance.ts";
import {
  balancesAreRestored,
  invariantsHold,
  restorableUsers,
  violationsFigure,
} from "../readings/damageReadings.ts";
import { activeFigure, modeIs } from "../readings/queueReadings.ts";
import type { Runbook } from "../runbook.ts";
import { pauseStep, resumeStep } from "./moneySteps.ts";

/** A balance is not the sum of its ledger, or a payment is not in the ledger. */
export const ledgerMismatchRunbook: Runbook = {
  name: "ledger-mismatch",
  title: "Points and their ledger disagree",
  severity: "critical",
  symptom:
    "A buyer's balance is not what the buyer charged and spent, or the hourly check of a worker " +
    "logs `invariant.violated` for I3 or I4. Only a change by another program than Onsale, or a " +
    "lost write of the database server, can cause it.",
  detection: ["LEDGER_MISMATCH"],
  subject: "queue",
  isDangerous: true,
  preconditions: [],
  diagnosis: [
    violationsFigure("I3", "Another program than Onsale changed a balance or an entry."),
    violationsFigure("I4", "Another program than Onsale changed a payment, its price or entry."),
    activeFigure,
  ],
  steps: [
    pauseStep,
    {
      kind: "manual",
      name: "keep-evidence",
      title: "Keep the evidence before anything is repaired",
      instruction:
        "Save the output of `onsale doctor --full --json`; for each user that it names, `onsale " +
        "point ledger USER --json` and `onsale point reconcile USER --json`; and a copy of the " +
        "binary log of MySQL since the last healthy check. Find out who or what wrote. Then " +
        "acknowledge this step.",
      withinMs: 0,
    },
    {
      kind: "operation",
      name: "restore-balance",
      title: "Set the wrong balance to the sum of its unbroken ledger",
      operation: restoreBalanceOperation,
      async input({ core }) {
        const [userId = 0] = await restorableUsers(core);
        return { userId };
      },
      done: balancesAreRestored,
      withinMs: 5_000,
      isVerifiedByOperation: true,
    },
    {
      kind: "check",
      name: "ledger-is-right",
      title: "Make sure that all balances and payments agree with the ledger",
      done: invariantsHold("I3", "I4"),
    },
    resumeStep,
  ],
  verification: [invariantsHold("I3", "I4"), modeIs("open")],
  rollback:
    "Restores the mode of the queue. A restored balance stays: the former one contradicted the " +
    "ledger.",
  escalation:
    "When `ledger-is-right` fails, the queue stays paused. One run restores one balance, so run " +
    "the runbook again as long as each run restores a balance. A missing or changed entry has no " +
    "certain repair: hand over the evidence to the owner of the money, who decides on `onsale " +
    "point adjust` with a reason.",
};
