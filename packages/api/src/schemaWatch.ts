import { type CoreContext, migrationsOf, type OnsaleConfig, type Role } from "@onsale/core";

/** A migration takes seconds at least, so a process that waits for it may look rarely. */
const LOOK_EVERY_MS = 2_000;

/** Watches whether the database has every migration of this program. */
export interface SchemaWatch {
  /**
   * Returns true after every migration has run, and from then on. Later migrations change nothing.
   */
  isCurrent(): boolean;
  /** Resolves when the schema is current, or when the watch is stopped. */
  readonly settled: Promise<void>;
  stop(): void;
}

/**
 * Looks at the schema until every migration of this program has run. A process that starts before
 * the migrations is not ready, instead of failing every request.
 */
export async function watchSchema(
  config: OnsaleConfig,
  core: CoreContext,
  role: Role,
): Promise<SchemaWatch> {
  // A process of waiting buyers answers without the database.
  if (config.stack === "embedded" || role === "queue") return ALWAYS_CURRENT;
  const stopping = new AbortController();
  let current = false;
  const look = async (): Promise<void> => {
    try {
      const { pending } = await migrationsOf(config);
      current = pending.length === 0;
      if (current) return;
      core.log.warn(
        { event: "api.migrations_pending", pending },
        "The process is not ready: the schema is older than this program; run `onsale db migrate`",
      );
    } catch (error) {
      // The health of MySQL is reported elsewhere.
      core.log.debug({ event: "api.schema_unreadable", err: error }, "The schema was not read");
    }
  };
  const watch = async (): Promise<void> => {
    while (!current && !stopping.signal.aborted) {
      await core.clock.sleep(LOOK_EVERY_MS, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  };
  const isUp = core.health().some(({ dependency, up }) => dependency === "mysql" && up);
  if (isUp) await look();
  return { isCurrent: () => current, settled: watch(), stop: () => stopping.abort() };
}

const ALWAYS_CURRENT: SchemaWatch = {
  isCurrent: () => true,
  settled: Promise.resolve(),
  stop: () => {},
};
