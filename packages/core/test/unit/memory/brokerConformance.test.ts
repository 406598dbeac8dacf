import { createMemoryBroker } from "../../../src/adapters/memory/broker/memoryBroker.ts";
import { memoryConsumers } from "../../../src/adapters/memory/broker/memoryConsumers.ts";
import { memoryPublisher } from "../../../src/adapters/memory/broker/memoryPublisher.ts";
import { directWire } from "../../../src/adapters/memory/wire.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { type AdapterSet, brokerCases } from "../../../src/testing.ts";
import { recordingLog } from "../../support/recorders.ts";
import { unitCore } from "../../support/unitCore.ts";

/** The broker alone, in memory, on the machine's clock; other ports are not there. */
const memoryBrokerAlone: AdapterSet = {
  name: "memory",
  async open() {
    const clock = systemClock;
    const broker = createMemoryBroker({ clock });
    const options = { wire: directWire, clock, log: recordingLog() };
    const another = async (): Promise<CoreContext> =>
      unitCore({
        clock,
        publisher: memoryPublisher(broker, directWire),
        consumers: memoryConsumers(broker, options),
      });
    return {
      core: await another(),
      another,
      passTime: async () => {},
      loseMemory: async () => {},
      close: async () => {},
    };
  },
};

brokerCases(memoryBrokerAlone);
