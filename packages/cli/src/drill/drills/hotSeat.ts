import { runAtOnce } from "@onsale/simulator/drill";
import type { Drill } from "../drill.ts";
import { foreignStatements } from "../foreignStatements.ts";

/** Number of statements that wait for the same rows: more than the finding accepts. */
const STATEMENTS = 14;
const LOCK_SEATS = "SELECT id FROM seats WHERE performance_id = ? ORDER BY id LIMIT 50 FOR UPDATE";

/** Another program locks seats, and buyers wait for it. */
export function hotSeatDrill(): Drill {
  const foreign = foreignStatements();
  return {
    runbook: "hot-seat",
    incident: `${STATEMENTS} transactions of another program lock the same seats`,
    boundMs: 0,
    breakIt: ({ foreignUrl, load }) =>
      foreign.begin(() => runAtOnce(foreignUrl, LOCK_SEATS, [load.performanceId], STATEMENTS)),
    manual: { "end-blocker": foreign.end },
    restore: foreign.end,
  };
}
