/** Public entry for callers that start processes of the product. */
export { type Child, type ChildOptions, startChild } from "./childProcess.ts";
export { freePorts, isPortFree } from "./freePorts.ts";
export { killWithParent } from "./killWithParent.ts";
