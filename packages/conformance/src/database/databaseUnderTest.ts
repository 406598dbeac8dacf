import type { CoreContext } from "@onsale/core";
import type { AdapterSet } from "../adapterSet.ts";
import type { TwoProcesses } from "../transactionRace.ts";
import { useOpened } from "../useOpened.ts";

/** One database with the ports of two processes. It is open during the whole suite. */
export interface DatabaseUnderTest extends TwoProcesses {
  passTime(ms: number): Promise<void>;
}

/** Opens the adapter set for the surrounding suite. */
export function useDatabase(set: AdapterSet): DatabaseUnderTest {
  const opened = useOpened(set);
  let other: CoreContext | undefined;
  before("opens a second process", async () => {
    other = await opened().another();
  });
  return {
    get core() {
      return opened().core;
    },
    get other() {
      if (other === undefined) throw new Error("the second process is open while the suite runs");
      return other;
    },
    passTime: (ms) => opened().passTime(ms),
  };
}
