import type { ApiReport } from "../ports/apiLoad.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { secondsText } from "../shared/secondsText.ts";
import { isAlive } from "../shared/signOfLife.ts";
import { type Finding, finding } from "./findingList.ts";
import { type Life, withoutReplaced } from "./withoutReplaced.ts";

/**
 * Findings about API processes that ended without a word. A process that stopped cleanly has no
 * report, and Redis keeps the report of a dead one for an hour. That no process reports is not a
 * finding: a program that serves the API with an application of its own makes no reports.
 */
export async function apiFindings(core: CoreContext): Promise<readonly Finding[]> {
  const all = await core.apiLoads.list();
  const silent = all.filter((one) => !isAlive(one));
  return withoutReplaced(silent, all, lifeOf).map(({ processName, silentMs }) =>
    finding(
      "API_PROCESS_SILENT",
      `api ${processName}`,
      `API process ${processName} last reported ${secondsText(silentMs)} ago and did not stop ` +
        "cleanly",
    ),
  );
}

/** Times before the look, negative. */
function lifeOf({ silentMs, uptimeMs }: ApiReport): Life {
  return { startedMs: -silentMs - uptimeMs, seenMs: -silentMs };
}
