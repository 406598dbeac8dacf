import { type MemoryServers, NOTIFIER } from "@onsale/core/memory";
import type { WorldFate } from "./faults.ts";
import type { LineWatch } from "./lineWatch.ts";
import type { ProcessTable } from "./processTable.ts";
import type { Network } from "./virtualLink.ts";

export interface FatefulWorld extends Network {
  readonly servers: MemoryServers;
  readonly processes: ProcessTable;
  /** Who watches the line is told of each loss of its memory. */
  readonly line: Pick<LineWatch, "memoryLost">;
}

/** Lets the faults of the world happen, each at its time. */
export function playWorldFates(world: FatefulWorld): void {
  const { scheduler, stalls, faults } = world;

  async function play(): Promise<void> {
    for (const fate of faults.world) {
      await scheduler.sleep(stalls.owner, fate.atMs - scheduler.elapsedMs);
      if (faults.areOver) return;
      if (!faults.allows(fate.id)) continue;
      faults.happened.push(fate.id);
      happen(world, fate);
    }
  }

  void play();
}

function happen(world: FatefulWorld, fate: WorldFate): void {
  const { scheduler, stalls, servers, processes, line, trace } = world;
  const note = (actor: string, text: string): void => {
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor, kind: "fault", text });
  };
  switch (fate.kind) {
    case "redis-loss":
      note("redis", "loses everything");
      servers.redisState.lose();
      line.memoryLost();
      return;
    case "stall":
      note(fate.server, `stalls for ${fate.ms} ms`);
      stalls.begin(fate.server, fate.ms);
      return;
    case "rewind":
      note("kafka", `hands the last ${fate.by} messages out again`);
      servers.broker.rewind(NOTIFIER, fate.by);
      return;
    case "kill":
      processes.kill(fate.processIndex, fate.downMs);
  }
}
