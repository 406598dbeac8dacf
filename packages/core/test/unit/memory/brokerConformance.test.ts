import { createMemoryServers, openMemoryCore } from "../../../src/openMemory.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { type AdapterSet, brokerCases } from "../../../src/testing.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { recordingLog } from "../../support/recorders.ts";

/** Servers in memory on the machine's clock: the broker's cases pass no time and lose nothing. */
const memoryServers: AdapterSet = {
  name: "memory",
  async open(overrides = {}) {
    const servers = createMemoryServers();
    const config = { core: testCoreConfig(overrides), logLevel: "silent" } as const;
    const closing: (() => Promise<void>)[] = [];
    const another = async (): Promise<CoreContext> => {
      const opened = openMemoryCore(config, servers, { log: recordingLog() });
      closing.push(opened.close);
      return opened.core;
    };
    return {
      core: await another(),
      another,
      passTime: async () => {},
      loseMemory: async () => {},
      close: async () => void (await Promise.all(closing.map((close) => close()))),
    };
  },
};

brokerCases(memoryServers);
