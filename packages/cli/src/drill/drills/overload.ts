import { configureQueue } from "@onsale/core";
import { runAtOnce } from "@onsale/simulator/drill";
import type { Drill } from "../drill.ts";
import { foreignStatements } from "../foreignStatements.ts";

/** Buyers who arrive at the same moment. */
const BUYERS = 400;
/** More than the statements at once that the finding accepts. */
const STATEMENTS = 40;

/**
 * The queue lets everybody in, and a report of another program runs in the same MySQL. The buyers
 * alone would overload one machine and not another.
 */
export function overloadDrill(): Drill {
  const foreign = foreignStatements();
  return {
    runbook: "overload",
    incident: `${BUYERS} buyers arrive at once, beside ${STATEMENTS} statements of a report`,
    boundMs: 0,
    async breakIt({ core, foreignUrl, load }) {
      const { queueId } = load;
      await configureQueue(core, { queueId, settings: { activeCountMax: BUYERS } });
      await foreign.begin(() => runAtOnce(foreignUrl, "SELECT SLEEP(300)", [], STATEMENTS));
      load.arrive({ buyers: BUYERS, durationMs: 0 });
    },
    manual: { "add-capacity": foreign.end },
    restore: foreign.end,
  };
}
