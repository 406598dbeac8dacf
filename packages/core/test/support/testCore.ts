import type { CoreContext } from "../../src/ports/coreContext.ts";
import { expectInvariants } from "./expectInvariants.ts";
import { type Ground, newGround } from "./ground.ts";
import { type RecordingMetrics, recordingLog, recordingMetrics } from "./recorders.ts";

type Role = "api" | "worker" | "all";

export interface CoreInstance {
  readonly core: CoreContext;
  /** Metrics of this process. */
  readonly metrics: RecordingMetrics;
  readonly log: ReturnType<typeof recordingLog>;
}

export interface TestCore extends CoreInstance, Pick<Ground, "stack" | "sql" | "endHold"> {
  /** One more process on the same servers. */
  another(overrides?: Record<string, string>, role?: Role): Promise<CoreInstance>;
  close(): Promise<void>;
}

/**
 * A core with data of its own: on real servers, with a database, Redis keys and topics that no
 * other test uses; in memory, when `.mocharc.embedded.json` runs the suite.
 */
export async function openTestCore(
  overrides: Record<string, string> = {},
  role: Role = "api",
): Promise<TestCore> {
  const ground = await newGround();
  const closing: (() => Promise<void>)[] = [];

  async function open(more: Record<string, string>, asRole: Role): Promise<CoreInstance> {
    const metrics = recordingMetrics();
    const log = recordingLog();
    const opened = await ground.open({ ...overrides, ...more }, { log, metrics, role: asRole });
    closing.push(() => opened.close());
    return { core: opened.core, metrics, log };
  }

  const first = await open({}, role);
  return {
    ...first,
    stack: ground.stack,
    another: (more = {}, asRole = role) => open(more, asRole),
    sql: ground.sql,
    endHold: ground.endHold,
    async close() {
      await Promise.all(closing.map((close) => close()));
      await ground.drop();
    },
  };
}

/**
 * One core for the surrounding suite; all invariants are checked after each of its tests.
 * @returns a function that returns the core, for hooks and tests
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
