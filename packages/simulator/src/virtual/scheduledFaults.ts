import { type MemoryServers, NOTIFIER, SALES_PROJECTION } from "@onsale/core/memory";
import type { ScheduledFault } from "./faults.ts";
import type { LossAtPromotion } from "./lossAtPromotion.ts";
import type { ProcessTable } from "./processTable.ts";
import type { Network } from "./virtualLink.ts";

/**
 * Runs each scheduled fault at its time, until the faults are stopped.
 * @param onRedisLoss called when Redis has lost its data
 */
export function runScheduledFaults(
  network: Network,
  servers: MemoryServers,
  processes: ProcessTable,
  atPromotion: LossAtPromotion,
  onRedisLoss: () => void,
): void {
  const { scheduler, stalls, faults, trace } = network;

  async function run(): Promise<void> {
    for (const fault of faults.scheduled) {
      await scheduler.sleep(stalls.owner, fault.atMs - scheduler.elapsedMs);
      if (faults.areOver) return;
      if (!faults.allows(fault.id)) continue;
      faults.happened.push(fault.id);
      happen(fault);
    }
  }

  function note(actor: string, text: string): void {
    if (trace.isKept) trace.add({ atMs: scheduler.elapsedMs, actor, kind: "fault", text });
  }

  function loseRedis(): void {
    note("redis", "loses all data");
    servers.redisState.lose();
    onRedisLoss();
  }

  function happen(fault: ScheduledFault): void {
    switch (fault.kind) {
      case "redis-loss":
        loseRedis();
        return;
      case "loss-at-promotion":
        atPromotion.prepare(fault.ms, () => {
          if (!faults.areOver) loseRedis();
        });
        return;
      case "stall":
        note(fault.server, `stalls for ${fault.ms} ms`);
        stalls.begin(fault.server, fault.ms);
        return;
      case "rewind":
        note("kafka", `delivers the last ${fault.by} messages again`);
        servers.broker.rewind(NOTIFIER, fault.by);
        servers.broker.rewind(SALES_PROJECTION, fault.by);
        return;
      case "kill":
        processes.kill(fault.processIndex, fault.downMs);
    }
  }

  void run();
}
