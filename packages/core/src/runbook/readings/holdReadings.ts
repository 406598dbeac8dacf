import { holdBoundMsOf } from "../../invariants/checkInvariants.ts";
import { secondsText } from "../../shared/secondsText.ts";
import type { Check, Figure } from "../runbook.ts";

export const overdueHoldsFigure: Figure = {
  name: "overdue holds",
  unit: "holds",
  read: ({ core }) => core.reservations.countOverdue(null, 0),
  bound: { above: 50 },
  meaning: "Their seats look taken, although no buyer has a right to them any more.",
};

export const lateHoldsFigure: Figure = {
  name: "holds that a working reaper would have ended",
  unit: "holds",
  read: ({ core }) => core.reservations.countOverdue(null, holdBoundMsOf(core)),
  bound: { above: 0 },
  meaning: "The reaper does not run, hangs, or ends holds more slowly than they expire.",
};

/** The condition that no hold is late, because the reaper or the operation has ended them. */
export const holdsEndInTime: Check = {
  claim: "every expired hold has ended within the bound of the reaper",
  async look({ core }) {
    const boundMs = holdBoundMsOf(core);
    const late = await core.reservations.countOverdue(null, boundMs);
    const read = `${late} holds expired more than ${secondsText(boundMs)} ago`;
    return { holds: late === 0, read };
  },
};
