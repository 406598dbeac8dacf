import { readPayload } from "../events/eventCatalog.ts";
import type { MessageRow } from "../ports/invariantReader.ts";
import type { ViolationLog } from "./violations.ts";

/**
 * I5: a consumer can read each message, and the message has the ids of its own aggregate. The event
 * catalogue is the only definition of types and payloads.
 */
export const CONTENT_RULES = {
  type: "the message's type is not in the event catalogue, or is of another aggregate type",
  payload: "the message's payload does not fit the event catalogue",
  payloadIds: "the ids in the message's payload are not those of its aggregate",
} as const;

/** The aggregate of a message, with the ids that the payload must have. */
interface Owner {
  readonly aggregateType: string;
  readonly aggregateId: number;
  /** The ids that the payload must contain, by the names of their fields. */
  readonly ids: Readonly<Record<string, number>>;
}

export function checkContents(
  log: ViolationLog<keyof typeof CONTENT_RULES>,
  { aggregateType, aggregateId, ids }: Owner,
  { aggregateVersion, type, payload: json }: MessageRow,
): void {
  const read = readPayload(aggregateType, type, json);
  if ("misfit" in read) {
    const { misfit, problem } = read;
    log.add(misfit, { aggregateType, aggregateId, aggregateVersion, type, problem });
    return;
  }
  for (const field in ids) {
    const [inPayload, inAggregate] = [read.payload[field], ids[field]];
    if (inPayload === inAggregate) continue;
    const where = { aggregateType, aggregateId, aggregateVersion, type, field };
    log.add("payloadIds", { ...where, inPayload, inAggregate });
    return;
  }
}
