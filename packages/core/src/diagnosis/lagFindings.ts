import { consumerLag } from "../notification/consumerLag.ts";
import type { ConsumerLag } from "../ports/consumerLag.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { type Finding, finding } from "./findingList.ts";

/** A rush puts this many messages in front of a consumer for seconds. */
const LAG_MAX = 1_000;
/** A consumer that works has moved after this pause. */
const SECOND_LOOK_MS = 1_500;

/** Findings about consumers: one that is far behind, and not nearer at a second look. */
export async function lagFindings(core: CoreContext): Promise<readonly Finding[]> {
  const first = await consumerLag(core);
  if (first.every((group) => totalOf(group) <= LAG_MAX)) return [];
  await core.clock.sleep(SECOND_LOOK_MS);
  const second = await consumerLag(core);
  return second.flatMap((group) => {
    const before = first.find((one) => one.group === group.group);
    const lag = totalOf(group);
    if (lag <= LAG_MAX || !before || lag < totalOf(before)) return [];
    const message = `${group.group} is ${lag} messages behind, and not fewer after a pause`;
    return [finding("CONSUMER_LAG", `consumer ${group.group}`, message)];
  });
}

const totalOf = ({ partitions }: ConsumerLag): number =>
  partitions.reduce((sum, { lag }) => sum + lag, 0);
