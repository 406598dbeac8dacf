import type { LoadPlan } from "./loadPlan.ts";
import { openClosed } from "./openClosed.ts";
import type { OpenLoad } from "./openConnections.ts";
import { openPaced } from "./openPaced.ts";
import { openPolls } from "./openPolls.ts";

/** Opens the connections of a load, so that its run does not include the connects. */
export function openLoad(plan: LoadPlan): Promise<OpenLoad> {
  switch (plan.kind) {
    case "closed":
      return openClosed(plan);
    case "paced":
      return openPaced(plan);
    case "polls":
      return openPolls(plan);
  }
}
