import sinon from "sinon";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { testCoreConfig } from "./coreConfig.ts";
import { fakeClock } from "./fakeClock.ts";
import { recordingLog, recordingMetrics } from "./recorders.ts";

/** Whatever the test did not give fails it when a workflow touches it. */
const untouched = new Proxy(
  {},
  {
    get(_target, name) {
      // Whoever awaits a port or a core asks this first.
      if (name === "then") return undefined;
      throw new Error(`the workflow touched ${String(name)}, which the test did not give`);
    },
  },
);

/** A port of which the workflow under test needs only a part. */
export function portOf<Port extends object>(given: Partial<Port>): Port {
  const port: Port = Object.create(untouched);
  return Object.assign(port, given);
}

/** The transaction that `unitCore` runs everything in. */
export const unitTx: Tx = { label: "unit" };

/** A core without I/O: time stands still, ids count, and ports are what the test gives. */
export function unitCore(given: Partial<CoreContext>): CoreContext {
  let lastId = 0;
  return portOf<CoreContext>({
    config: testCoreConfig(),
    clock: fakeClock(),
    log: recordingLog(),
    metrics: recordingMetrics(),
    ids: {
      uuid: () => {
        lastId += 1;
        return `id-${lastId}`;
      },
    },
    idAllocator: { next: sinon.stub().resolves(17) },
    withTransaction: (work) => work(unitTx),
    ...given,
  });
}
