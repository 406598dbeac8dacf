import type { PublicationVersionRow, UnpublishedRow } from "../ports/invariantReader.ts";
import type { Checker } from "./checker.ts";
import { type ViolationLog, violationLog } from "./violations.ts";

/**
 * I6: the first publication of each version comes after the first publication of every lower
 * version. A replay publishes some versions again; within one replay, too, each version comes
 * after the lower ones, and versions that were not selected are missing. Versions that an operator
 * discarded are missing as well. Cleanup deletes the oldest publications, so the remaining ones of
 * an aggregate may begin with any version.
 */
export const ORDER_RULES = {
  outOfOrder: "the version was published before a lower one of its aggregate",
  lowerUnpublished: "the version was published while a lower one of its aggregate was not",
  replayedOutOfOrder: "a replay published the version before a lower one of its aggregate",
} as const;

type Log = ViolationLog<keyof typeof ORDER_RULES>;
type DiscardedVersions = ReturnType<typeof discardedVersions>;

interface AggregateIds {
  readonly aggregateType: string;
  readonly aggregateId: number;
}

/** Checks I6. */
export function checkMessagesLeaveInOrder(): Checker {
  const log = violationLog(ORDER_RULES);
  const discards = discardedVersions();
  let rowsRead = 0;

  function checkOrder(ids: AggregateIds, publications: readonly PublicationVersionRow[]): void {
    rowsRead += publications.length;
    if (publications.every(({ replayJob }) => replayJob === null)) {
      checkFirst(log, discards, ids, publications);
      return;
    }
    for (const [job, run] of Map.groupBy(publications, ({ replayJob }) => replayJob)) {
      if (job === null) checkFirst(log, discards, ids, run);
      else checkReplay(log, ids, job, run);
    }
  }

  return {
    takeReservation: ({ reservationId: aggregateId, publications }) =>
      checkOrder({ aggregateType: "reservation", aggregateId }, publications),
    takePayment: ({ paymentId: aggregateId, publications }) =>
      checkOrder({ aggregateType: "payment", aggregateId }, publications),
    takeAccount: ({ userId: aggregateId, publications }) =>
      checkOrder({ aggregateType: "point-account", aggregateId }, publications),
    takeUnknownAggregate: ({ aggregateType, aggregateId, publications }) =>
      checkOrder({ aggregateType, aggregateId }, publications),
    takeUnpublished(message) {
      if (isDiscarded(message)) {
        discards.add(message);
        return;
      }
      const { aggregateType, aggregateId, aggregateVersion: unpublishedVersion } = message;
      const versions = new Set(message.publishedVersions);
      if (versions.has(unpublishedVersion)) return;
      for (const aggregateVersion of versions) {
        if (aggregateVersion <= unpublishedVersion) continue;
        const ids = { aggregateType, aggregateId, aggregateVersion, unpublishedVersion };
        log.add("lowerUnpublished", ids);
      }
    },
    result: () => log.result(rowsRead),
  };
}

/** Checks the publications of messages before any replay of them. */
function checkFirst(
  log: Log,
  discards: DiscardedVersions,
  ids: AggregateIds,
  publications: readonly PublicationVersionRow[],
): void {
  let versionBefore: number | undefined;
  // While versions ascend one by one, each version is new. So the set is created only after a
  // gap.
  let seen: Set<number> | undefined;
  for (const [index, { aggregateVersion }] of publications.entries()) {
    if (versionBefore !== undefined && aggregateVersion !== versionBefore + 1) {
      seen ??= new Set(publications.slice(0, index).map((row) => row.aggregateVersion));
    }
    if (seen?.has(aggregateVersion)) continue;
    seen?.add(aggregateVersion);
    if (versionBefore !== undefined && !discards.fill(ids, versionBefore, aggregateVersion)) {
      log.add("outOfOrder", { ...ids, aggregateVersion, versionBefore });
    }
    versionBefore = aggregateVersion;
  }
}

/** Checks the publications of one replay. */
function checkReplay(
  log: Log,
  ids: AggregateIds,
  replayJob: string,
  publications: readonly PublicationVersionRow[],
): void {
  const seen = new Set<number>();
  let versionMax = 0;
  for (const { aggregateVersion } of publications) {
    if (!seen.has(aggregateVersion) && aggregateVersion < versionMax) {
      log.add("replayedOutOfOrder", { ...ids, aggregateVersion, versionMax, replayJob });
    }
    seen.add(aggregateVersion);
    versionMax = Math.max(versionMax, aggregateVersion);
  }
}

/** Whether an operator discarded the message. A discard without its audit record does not count. */
export function isDiscarded({ status, discardAudit }: UnpublishedRow): boolean {
  return status === "DISCARDED" && discardAudit !== null;
}

/** The discarded versions of all aggregates. They are few: an operator named each of them. */
function discardedVersions() {
  const versions = new Set<string>();
  const nameOf = ({ aggregateType, aggregateId }: AggregateIds, version: number): string =>
    `${aggregateType}/${aggregateId}/${version}`;
  return {
    add: (row: UnpublishedRow) => void versions.add(nameOf(row, row.aggregateVersion)),
    /** Whether every version between the two was discarded, and `next` is the higher one. */
    fill(ids: AggregateIds, before: number, next: number): boolean {
      if (next <= before) return false;
      for (let version = before + 1; version < next; version += 1) {
        if (!versions.has(nameOf(ids, version))) return false;
      }
      return true;
    },
  };
}
