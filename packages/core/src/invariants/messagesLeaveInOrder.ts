import type { VersionRow } from "../ports/invariantReader.ts";
import type { Checker } from "./checker.ts";
import { violationLog } from "./violations.ts";

/**
 * I6: the first publication of each version comes after the first publication of every lower
 * version. Replays publish a version again and do not count. Cleanup deletes the oldest
 * publications, so the remaining publications of an aggregate may begin with any version.
 */
export const ORDER_RULES = {
  outOfOrder: "the version was published before a lower one of its aggregate",
  lowerUnpublished: "the version was published while a lower one of its aggregate was not",
} as const;

/** Checks I6. */
export function checkMessagesLeaveInOrder(): Checker {
  const log = violationLog(ORDER_RULES);
  let rowsRead = 0;

  function checkOrder(
    aggregateType: string,
    aggregateId: number,
    publications: readonly VersionRow[],
  ): void {
    rowsRead += publications.length;
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
      if (versionBefore !== undefined && aggregateVersion !== versionBefore + 1) {
        log.add("outOfOrder", { aggregateType, aggregateId, aggregateVersion, versionBefore });
      }
      versionBefore = aggregateVersion;
    }
  }

  return {
    takeReservation: ({ reservationId, publications }) =>
      checkOrder("reservation", reservationId, publications),
    takePayment: ({ paymentId, publications }) => checkOrder("payment", paymentId, publications),
    takeAccount: ({ userId, publications }) => checkOrder("point-account", userId, publications),
    takeUnknownAggregate: ({ aggregateType, aggregateId, publications }) =>
      checkOrder(aggregateType, aggregateId, publications),
    takeUnpublished(message) {
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
