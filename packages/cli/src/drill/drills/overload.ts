import { configureQueue } from "@onsale/core";
import { runAtOnce } from "@onsale/simulator/drill";
import type { Drill } from "../drill.ts";
import { foreignStatements } from "../foreignStatements.ts";

/** Number of buyers who arrive at the same moment. */
const BUYERS = 400;
/** Number of statements that run at the same time: more than the finding accepts. */
const STATEMENTS = 40;

/**
 * The queue admits all buyers, and another program runs a report in the same MySQL. The buyers
 * alone would overload a slow machine, but not a fast one.
 */
export function overloadDrill(): Drill {
  const foreign = foreignStatements();
  return {
    runbook: "overload",
    incident: `${BUYERS} buyers arrive together, beside ${STATEMENTS} statements of a report`,
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
