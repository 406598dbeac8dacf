import { runSql } from "@onsale/simulator/drill";
import type { Drill } from "../drill.ts";

/** A buyer who has paid changes no balance any more. */
const ADD_POINTS = `UPDATE point_accounts SET balance = balance + 1000
   WHERE user_id = (SELECT MIN(user_id) FROM payments WHERE status = 'CAPTURED')`;

/** Another program changes a balance without a ledger entry. */
export const ledgerMismatchDrill: Drill = {
  runbook: "ledger-mismatch",
  incident: "another program adds points to a balance without a ledger entry",
  boundMs: 0,
  abandonShare: 0,
  invariants: "now",
  breakIt: ({ foreignUrl }) => runSql(foreignUrl, ADD_POINTS),
  manual: { "keep-evidence": async () => undefined },
};
