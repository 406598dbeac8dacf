import { setTopicConfig } from "@onsale/devstack";
import type { Drill, DrillSite } from "../drill.ts";

/** Smaller than any message. */
const TOO_FEW_BYTES = "10";

/** The topic of the reservations refuses every message, because its size limit is wrong. */
export const poisonMessageDrill: Drill = {
  runbook: "poison-message",
  incident: "the topic of the reservations refuses messages as too large",
  boundMs: 0,
  needsApacheKafka: true,
  breakIt: (site) => configure(site, [{ name: "max.message.bytes", value: TOO_FEW_BYTES }]),
  manual: { "mend-cause": (site) => configure(site, []) },
};

function configure(
  { config }: DrillSite,
  entries: readonly { readonly name: string; readonly value: string }[],
): Promise<void> {
  const { brokers, topicPrefix } = config.kafka;
  return setTopicConfig(brokers.join(","), `${topicPrefix}reservation`, entries);
}
