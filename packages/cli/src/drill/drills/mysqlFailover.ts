import type { CoreContext } from "@onsale/core";
import { runSql } from "@onsale/simulator/drill";
import type { Drill } from "../drill.ts";

/** A process connects again to a restarted server within this time, ms. */
const ANSWER_MS_MAX = 20_000;
const LOOK_MS = 250;

/** The primary refuses writes, and a server that accepts them takes over its address. */
export const mysqlFailoverDrill: Drill = {
  runbook: "mysql-failover",
  incident: "MySQL becomes read-only; the server that takes over is the same one, restarted",
  boundMs: 0,
  hasOrdinaryUser: true,
  breakIt: ({ foreignUrl }) => runSql(foreignUrl, "SET GLOBAL read_only = ON"),
  // The runbook requires the step fail-over before the run, because a run keeps its job in MySQL.
  async beforeRun({ stack, core }) {
    await stack.fault("mysql", "restart");
    await untilMysqlAnswers(core);
  },
  manual: {},
  async restore({ stack, foreignUrl }) {
    await stack.fault("mysql", "start");
    await runSql(foreignUrl, "SET GLOBAL read_only = OFF");
  },
};

async function untilMysqlAnswers({ clock, databaseLoad }: CoreContext): Promise<void> {
  const untilMs = clock.monotonicMs() + ANSWER_MS_MAX;
  for (;;) {
    try {
      await databaseLoad.read();
      return;
    } catch (error) {
      if (clock.monotonicMs() >= untilMs) throw error;
      await clock.sleep(LOOK_MS);
    }
  }
}
