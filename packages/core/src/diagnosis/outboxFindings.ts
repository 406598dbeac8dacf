import { readFailingTopics } from "../outbox/outboxStatus.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { secondsText } from "../shared/secondsText.ts";
import { type Finding, finding } from "./findingList.ts";

/** The relay publishes a message within a second, so a message of this age means a fault. */
export const OLDEST_MS_MAX = 30_000;

const ANY = {
  ...{ ids: undefined, aggregateType: undefined, aggregateId: undefined },
  ...{ type: undefined, since: undefined, until: undefined },
};

/** Findings about the outbox. */
export async function outboxFindings(core: CoreContext): Promise<readonly Finding[]> {
  const { pending, dead, oldestPendingAgeMs } = await core.outbox.backlog(null);
  const blocked = await core.outboxAdmin.countBlocked(null);
  const reason = await failureText(core);
  const found: Finding[] = [];
  if (oldestPendingAgeMs > OLDEST_MS_MAX) {
    const age = secondsText(oldestPendingAgeMs);
    const message = `the oldest of ${pending} unpublished messages is ${age} old${reason}`;
    found.push(finding("OUTBOX_OLD", "outbox", message));
  }
  if (dead > 0) {
    const message = `${dead} outbox messages are DEAD and block later ones${await firstDead(core)}`;
    found.push(finding("DEAD_MESSAGES", "outbox", message));
  }
  if (blocked > 0) {
    const message = `${blocked} messages wait behind a failed one of their aggregate${reason}`;
    found.push(finding("MESSAGES_BLOCKED", "outbox", message));
  }
  return found;
}

/** Names the newest dead message, for the operator's next command. */
async function firstDead(core: CoreContext): Promise<string> {
  const page = { state: "DEAD", beforeId: undefined, max: 1 } as const;
  const [found] = await core.outboxAdmin.list(null, ANY, page);
  if (!found) return "";
  const { id, type, aggregateType, aggregateId, lastError } = found;
  return `; newest: message ${id}, ${type} of ${aggregateType} ${aggregateId}: ${lastError}`;
}

/** The latest error of each topic whose messages fail. */
async function failureText(core: CoreContext): Promise<string> {
  const topics = await readFailingTopics(core);
  return topics.map(({ topic, error }) => `; ${topic}: ${error}`).join("");
}
