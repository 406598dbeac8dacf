import type { InspectedSetting } from "../../ports/serverInspection.ts";

/** A setting that the user of the connection may not read, as on some hosted services. */
export function notVisible(name: string, needs: string): InspectedSetting {
  return {
    name,
    value: "not visible",
    verdict: "note",
    why: `the user may not read it (${needs}); look for it at the service`,
  };
}
