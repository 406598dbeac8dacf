import { type MemoryServers, NOTIFIER } from "@onsale/core/memory";
import type { ScheduledFault } from "./faults.ts";
import type { LineChecker } from "./lineChecker.ts";
import type { ProcessTable } from "./processTable.ts";
import type { Network } from "./virtualLink.ts";

export interface ScheduledFaultsWorld extends Network {
  readonly servers: MemoryServers;
  readonly processes: ProcessTable;
  /** Who watches the line is told of each loss of its memory. */
  readonly line: Pick<LineChecker, "memoryLost">;
}

/** Lets the faults of the world happen, each at its time. */
export function runScheduledFaults(world: ScheduledFaultsWorld): void {
  const { scheduler, stalls, faults } = world;

  async function play(): Promise<void> {
    for (const fault of faults.scheduled) {
      await scheduler.sleep(stalls.owner, fault.atMs - scheduler.elapsedMs);
      if (faults.areOver) return;
      if (!faults.allows(fault.id)) continue;
      faults.happened.push(fault.id);
      happen(world, fault);
    }
  }

  void play();
}

function happen(world: ScheduledFaultsWorld, fault: ScheduledFault): void {
  const { scheduler, stalls, servers, processes, line, trace } = world;
  const note = (actor: string, text: string): void => {
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor, kind: "fault", text });
  };
  switch (fault.kind) {
    case "redis-loss":
      note("redis", "loses everything");
      servers.redisState.lose();
      line.memoryLost();
      return;
    case "stall":
      note(fault.server, `stalls for ${fault.ms} ms`);
      stalls.begin(fault.server, fault.ms);
      return;
    case "rewind":
      note("kafka", `hands the last ${fault.by} messages out again`);
      servers.broker.rewind(NOTIFIER, fault.by);
      return;
    case "kill":
      processes.kill(fault.processIndex, fault.downMs);
  }
}
