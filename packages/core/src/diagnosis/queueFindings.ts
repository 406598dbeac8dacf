import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings, QueueStats } from "../ports/queueStore.ts";
import { countText } from "../shared/countText.ts";
import { type Finding, type FindingCode, finding } from "./findingList.ts";

/** Promotion runs several times a second; after this pause a healthy queue has moved. */
const SECOND_LOOK_MS = 1_500;

/** An operator set these states; a second look would show the same. */
const SET_BY_OPERATORS: readonly (FindingCode | undefined)[] = [
  undefined,
  "QUEUE_NOT_OPEN",
  "QUEUE_DRAINING",
];

/** Findings about the queues. A suspicious queue is read twice, because promotion runs in steps. */
export async function queueFindings(core: CoreContext): Promise<readonly Finding[]> {
  const queueIds = await core.admissions.listQueueIds(null);
  const first = await Promise.all(queueIds.map((id) => findingOf(core, id)));
  if (first.every((one) => SET_BY_OPERATORS.includes(one?.code))) {
    return first.filter((one) => one !== undefined);
  }
  await core.clock.sleep(SECOND_LOOK_MS);
  const second = await Promise.all(queueIds.map((id) => findingOf(core, id)));
  return second
    .filter((one, at) => one !== undefined && one.code === first[at]?.code)
    .filter((one) => one !== undefined);
}

async function findingOf(core: CoreContext, queueId: string): Promise<Finding | undefined> {
  const subject = `queue ${queueId}`;
  const stats = await core.queue.stats(queueId);
  if ("status" in stats) return finding("QUEUE_LOST", subject, `Redis has no state of ${subject}`);
  const record = await core.admissions.findQueue(null, queueId);
  const different = record ? settingsDifferences(record.settings, stats) : [];
  if (different.length > 0) {
    return finding("QUEUE_SETTINGS_DIFFER", subject, `${subject} differs: ${different.join("; ")}`);
  }
  const { mode } = stats.settings;
  const draining = mode === "draining" ? drainingFinding(subject, stats) : undefined;
  if (stats.waitingCount === 0) return draining;
  const { waitingCount } = stats;
  const wait = waitingCount === 1 ? "waits" : "wait";
  const waiting = `${countText(waitingCount, "buyer")} ${wait} in ${subject}`;
  if (mode === "paused") {
    return finding("QUEUE_NOT_OPEN", subject, `${waiting}, which is paused`);
  }
  const slots = freeSlots(stats);
  if (slots <= 0) return draining;
  return finding(
    "QUEUE_STUCK",
    subject,
    `${waiting} while ${countText(slots, "slot")} ${slots === 1 ? "is" : "are"} free`,
  );
}

/** Says which settings differ, one text for each; empty when MySQL and Redis agree. */
export function settingsDifferences(
  stored: QueueSettings,
  { settings }: Pick<QueueStats, "settings">,
): readonly string[] {
  const inRedis = new Map<string, unknown>(Object.entries(settings));
  return Object.entries(stored)
    .filter(([name, value]) => inRedis.get(name) !== value)
    .map(([name, value]) => `${name}: MySQL ${value}, Redis ${inRedis.get(name)}`);
}

/** A drain that is forgotten refuses every buyer, and no other finding shows it. */
function drainingFinding(subject: string, { waitingCount, activeCount }: QueueStats): Finding {
  const places = `waiting: ${countText(waitingCount, "buyer")}, active: ${activeCount}`;
  return finding("QUEUE_DRAINING", subject, `${subject} drains: no buyer can join; ${places}`);
}

/** Buyers that the queue could admit now. */
export function freeSlots({ activeCount, recentAdmissions, settings }: QueueStats): number {
  const { activeCountMax, admissionRatePerMinute } = settings;
  return Math.min(activeCountMax - activeCount, admissionRatePerMinute - recentAdmissions);
}
