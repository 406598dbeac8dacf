import type { AggregateType } from "../../../events/eventCatalog.ts";

/** One version of an aggregate. */
export interface AggregateVersion {
  readonly aggregateType: AggregateType;
  readonly aggregateId: number;
  readonly aggregateVersion: number;
}

/** How many rows tell of each version of each aggregate. */
export interface VersionIndex {
  /** The aggregate's versions, in the order in which they were first told of. */
  versionsOf(aggregate: Omit<AggregateVersion, "aggregateVersion">): ReadonlyMap<number, number>;
  /** Every version once, with the number of its rows; the aggregates' one after the other. */
  all(): Iterable<AggregateVersion & { readonly rowCount: number }>;
}

const NO_VERSIONS: ReadonlyMap<number, number> = new Map();

function mapUnder<Key, Inner, Value>(
  outer: Map<Key, Map<Inner, Value>>,
  key: Key,
): Map<Inner, Value> {
  let inner = outer.get(key);
  if (!inner) {
    inner = new Map();
    outer.set(key, inner);
  }
  return inner;
}

/** Goes once through the rows. */
export function indexVersions(rows: Iterable<AggregateVersion>): VersionIndex {
  const types = new Map<AggregateType, Map<number, Map<number, number>>>();
  for (const { aggregateType, aggregateId, aggregateVersion } of rows) {
    const versions = mapUnder(mapUnder(types, aggregateType), aggregateId);
    versions.set(aggregateVersion, (versions.get(aggregateVersion) ?? 0) + 1);
  }
  return {
    versionsOf: ({ aggregateType, aggregateId }) =>
      types.get(aggregateType)?.get(aggregateId) ?? NO_VERSIONS,
    *all() {
      for (const [aggregateType, aggregates] of types) {
        for (const [aggregateId, versions] of aggregates) {
          for (const [aggregateVersion, rowCount] of versions) {
            yield { aggregateType, aggregateId, aggregateVersion, rowCount };
          }
        }
      }
    },
  };
}
