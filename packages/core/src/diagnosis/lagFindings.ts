import { consumerLag } from "../notification/consumerLag.ts";
import type { ConsumerLag } from "../ports/consumerLag.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { type Finding, finding } from "./findingList.ts";

/** In a rush, a healthy consumer can be this many messages behind for some seconds. */
const LAG_MAX = 1_000;
/** After this pause, a working consumer has applied some messages. */
const SECOND_LOOK_MS = 1_500;

/** Findings about consumers that are far behind, and not less far at a second look. */
export async function lagFindings(core: CoreContext): Promise<readonly Finding[]> {
  const first = await consumerLag(core);
  if (first.every((group) => totalOf(group) <= LAG_MAX)) return [];
  await core.clock.sleep(SECOND_LOOK_MS);
  const second = await consumerLag(core);
  return second.flatMap((group) => {
    const before = first.find((one) => one.group === group.group);
    const lag = totalOf(group);
    if (lag <= LAG_MAX || !before || lag < totalOf(before)) return [];
    const message = `${group.group} is ${lag} messages behind, and has not caught up after a pause`;
    return [finding("CONSUMER_LAG", `consumer ${group.group}`, message)];
  });
}

const totalOf = ({ partitions }: ConsumerLag): number =>
  partitions.reduce((sum, { lag }) => sum + lag, 0);
