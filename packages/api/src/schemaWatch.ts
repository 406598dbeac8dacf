import { type CoreContext, migrationsOf, type OnsaleConfig, type Role } from "@onsale/core";

/** A migration takes seconds at least, so a process that waits for it may look rarely. */
const LOOK_EVERY_MS = 2_000;
/** The schema of a running process changes with an upgrade, or when a backup is restored. */
const LOOK_CURRENT_EVERY_MS = 10_000;

/**
 * The schema, compared with the migrations of this program. `behind`: some have not run. `ahead`: a
 * newer program has migrated; the older one goes on, because both serve during a rolling upgrade.
 * `unknown`: the schema was not read yet.
 */
export type SchemaState = "current" | "behind" | "ahead" | "unknown";

/** Watches whether the database has every migration of this program. */
export interface SchemaWatch {
  state(): SchemaState;
  /** Resolves when requests can be served for the first time, or when the watch is stopped. */
  readonly settled: Promise<void>;
  stop(): void;
}

/** Whether requests can be served on the schema. */
export function isServable(state: SchemaState): boolean {
  return state === "current" || state === "ahead";
}

/**
 * Looks at the schema again and again. A process that starts before the migrations, or whose
 * database was replaced by an older one, is not ready, instead of failing every request.
 */
export async function watchSchema(
  config: OnsaleConfig,
  core: CoreContext,
  role: Role,
): Promise<SchemaWatch> {
  // A process of waiting buyers answers without the database.
  if (config.stack === "embedded" || role === "queue") return ALWAYS_CURRENT;
  const stopping = new AbortController();
  const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
  stopping.signal.addEventListener("abort", () => settle());
  let state: SchemaState = "unknown";
  const isUp = () => core.health().some(({ dependency, up }) => dependency === "mysql" && up);
  const look = async (): Promise<void> => {
    try {
      const { pending, unknown } = await migrationsOf(config);
      const found = pending.length > 0 ? "behind" : unknown.length > 0 ? "ahead" : "current";
      report(core, { found, before: state, pending, unknown });
      state = found;
      if (isServable(found)) settle();
    } catch (error) {
      // The health of MySQL is reported elsewhere.
      const level = isUp() ? "warn" : "debug";
      core.log[level](
        { event: "api.schema_unreadable", reason: error instanceof Error ? error.message : "" },
        "The table of migrations cannot be read",
      );
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const pauseMs = isServable(state) ? LOOK_CURRENT_EVERY_MS : LOOK_EVERY_MS;
      await core.clock.sleep(pauseMs, stopping.signal);
      if (!stopping.signal.aborted) await look();
    }
  };
  if (isUp()) await look();
  void watch();
  return { state: () => state, settled, stop: () => stopping.abort() };
}

interface Look {
  readonly found: SchemaState;
  readonly before: SchemaState;
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
}

function report({ log }: CoreContext, { found, before, pending, unknown }: Look): void {
  if (found === "behind") {
    log.warn(
      { event: "api.migrations_pending", pending },
      "The process is not ready: the schema is older than this program; run `onsale db migrate`",
    );
  }
  if (found === "ahead" && before !== "ahead") {
    log.warn(
      { event: "api.schema_ahead", unknown },
      "The schema is newer than this program; end the processes of this version soon",
    );
  }
}

const ALWAYS_CURRENT: SchemaWatch = {
  state: () => "current",
  settled: Promise.resolve(),
  stop: () => {},
};
