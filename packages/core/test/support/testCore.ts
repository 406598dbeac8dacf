import { migrateDatabase, openCore } from "../../src/openCore.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { loseAllRedis } from "./loseRedis.ts";
import { type RecordingMetrics, recordingLog, recordingMetrics } from "./recorders.ts";
import { configOf, dropTestWorld, newTestWorld, runSql, type TestWorld } from "./testStack.ts";

type Role = "api" | "worker" | "all";

export interface CoreInstance {
  readonly core: CoreContext;
  /** What this instance alone counted and logged. */
  readonly metrics: RecordingMetrics;
  readonly log: ReturnType<typeof recordingLog>;
}

export interface TestCore extends CoreInstance {
  readonly world: TestWorld;
  /** One more instance on the same database, as a second process would be. */
  another(overrides?: Record<string, string>, role?: Role): Promise<CoreInstance>;
  /** A statement beside the core. */
  sql(
    text: string,
    values?: readonly (string | number | Date | null)[],
  ): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A core on real servers, with a database, Redis keys and topics of its own. */
export async function openTestCore(
  overrides: Record<string, string> = {},
  role: Role = "api",
): Promise<TestCore> {
  const world = await newTestWorld();
  await migrateDatabase(configOf(world));
  const closing: (() => Promise<void>)[] = [];

  async function open(more: Record<string, string>, asRole: Role): Promise<CoreInstance> {
    const metrics = recordingMetrics();
    const log = recordingLog();
    const config = configOf(world, { ...overrides, ...more });
    const opened = await openCore(config, { log, metrics, role: asRole });
    closing.push(() => opened.close());
    return { core: opened.core, metrics, log };
  }

  const first = await open({}, role);
  return {
    ...first,
    world,
    another: (more = {}, asRole = role) => open(more, asRole),
    sql: (text, values) => runSql(world, text, values),
    async close() {
      await Promise.all(closing.map((close) => close()));
      await loseAllRedis(world);
      await dropTestWorld(world);
    },
  };
}

/**
 * One core for the surrounding suite; all invariants are checked after each of its tests.
 * @returns what gives the core, from within hooks and tests
 */
export function useTestCore(
  overrides: Record<string, string> = {},
  options: { role?: Role; checkInvariants?: boolean } = {},
): () => TestCore {
  let opened: TestCore | undefined;
  const current = (): TestCore => {
    if (!opened) throw new Error("the test core is open only while the suite runs");
    return opened;
  };
  before("opens a core", async () => {
    opened = await openTestCore(overrides, options.role);
  });
  if (options.checkInvariants !== false) {
    afterEach("checks the invariants", async () => {
      await expectInvariants(current().core);
    });
  }
  after("closes the core", async () => {
    await opened?.close();
  });
  return current;
}
