import type { Drill } from "../drill.ts";

/**
 * The machine of the API and of the worker hangs, and Redis loses all keys. A process that runs
 * would rebuild the queue at the next request.
 */
export const queueLostDrill: Drill = {
  runbook: "queue-lost",
  incident: "API and worker hang (SIGSTOP), and Redis is emptied",
  boundMs: 0,
  async breakIt({ processes, stack }) {
    processes.freeze();
    await stack.fault("redis", "flush");
  },
  manual: {
    async "restart-worker"({ processes }) {
      processes.thawApis();
      await processes.killWorkers();
      await processes.startWorker();
    },
  },
};
