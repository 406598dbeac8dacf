/** What tests of adapters need: the conformance cases of the ports. */
export type { AdapterSet, OpenedAdapters } from "./testing/adapterSet.ts";
