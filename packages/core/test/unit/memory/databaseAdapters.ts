import { createMemoryDatabase } from "../../../src/adapters/memory/database/memoryDatabase.ts";
import { memoryDb } from "../../../src/adapters/memory/database/memoryDb.ts";
import { memoryDatabasePorts } from "../../../src/adapters/memory/databasePorts.ts";
import { memoryEvidenceStore } from "../../../src/adapters/memory/evidenceStore.ts";
import { directWire } from "../../../src/adapters/memory/wire.ts";
import { NOTIFIED_AGGREGATES, NOTIFIER } from "../../../src/notification/notifier.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { systemIds } from "../../../src/shared/ids.ts";
import { systemRandom } from "../../../src/shared/random.ts";
import type { AdapterSet } from "../../../src/testing/adapterSet.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { idleClock } from "../../support/idleClock.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";
import { unitCore } from "../../support/unitCore.ts";

/** The database alone, in memory; what waits for time waits no longer than it must. */
export const databaseAdapters: AdapterSet = {
  name: "memory",
  async open(overrides = {}) {
    const config = testCoreConfig(overrides);
    const clock = idleClock();
    const database = createMemoryDatabase({ clock });
    const processes: { sever(): void }[] = [];

    async function another(): Promise<CoreContext> {
      const world = {
        clock,
        random: systemRandom,
        log: recordingLog(),
        metrics: recordingMetrics(),
      };
      const db = memoryDb(database, directWire, world);
      processes.push(db);
      const evidence = memoryEvidenceStore(db, {
        retentionMs: config.retentionMs,
        notifier: NOTIFIER,
        notifiedTypes: NOTIFIED_AGGREGATES,
      });
      return unitCore({ ...world, ...memoryDatabasePorts(db), evidence, config, ids: systemIds });
    }

    return {
      core: await another(),
      another,
      passTime: async (ms) => clock.pass(ms),
      loseMemory: async () => {},
      async close() {
        for (const process of processes) process.sever();
      },
    };
  },
};
