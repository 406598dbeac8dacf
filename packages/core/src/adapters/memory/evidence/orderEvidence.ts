import type { Evidence } from "../../../ports/evidenceStore.ts";
import { ORDER_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { askRules, type Searches } from "./askRules.ts";
import { type AggregateVersion, indexVersions, type VersionIndex } from "./versionIndex.ts";

interface OrderView {
  /** Each aggregate's versions in the order in which they first left. */
  readonly published: VersionIndex;
  readonly unpublished: VersionIndex;
}

const SEARCHES: Searches<keyof typeof ORDER_RULES, OrderView> = {
  *outOfOrder({ published }) {
    let before: AggregateVersion | undefined;
    for (const version of published.all()) {
      const { aggregateType, aggregateId, aggregateVersion } = version;
      const isSame = before?.aggregateType === aggregateType && before.aggregateId === aggregateId;
      if (before && isSame && aggregateVersion !== before.aggregateVersion + 1) {
        const versionBefore = before.aggregateVersion;
        yield { aggregateType, aggregateId, aggregateVersion, versionBefore };
      }
      before = version;
    }
  },
  *lowerUnpublished({ published, unpublished }) {
    for (const message of unpublished.all()) {
      const { aggregateType, aggregateId, aggregateVersion: unpublishedVersion } = message;
      const versions = published.versionsOf(message);
      if (versions.has(unpublishedVersion)) continue;
      for (const aggregateVersion of versions.keys()) {
        if (aggregateVersion <= unpublishedVersion) continue;
        yield { aggregateType, aggregateId, aggregateVersion, unpublishedVersion };
      }
    }
  },
};

const RULES = searchedRules(ORDER_RULES, SEARCHES);

/** I6. */
export function orderEvidence(s: Statement, tables: Tables): Evidence {
  const publications = s.all(tables.outboxPublications);
  const view = {
    published: indexVersions(publications.toSorted((a, b) => a.id - b.id)),
    unpublished: indexVersions(
      s.all(tables.outboxMessages).filter(({ status }) => status !== "PUBLISHED"),
    ),
  };
  return askRules(RULES, view, publications.length);
}
