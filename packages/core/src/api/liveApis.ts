import type { ApiReport } from "../ports/apiLoad.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { isAlive } from "../shared/signOfLife.ts";

/** The last reports of the API processes that live. */
export async function liveApis(core: Pick<CoreContext, "apiLoads">): Promise<readonly ApiReport[]> {
  return (await core.apiLoads.list()).filter(isAlive);
}
