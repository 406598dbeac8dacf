/** The entry `@onsale/simulator/locks`: the study of lock strategies. */
export { lockChart, type Scenario } from "./lockChart.ts";
export * from "./lockReport.ts";
export {
  type LivePlan,
  type LiveServers,
  measureContention,
  measureStall,
  zipfSeats,
} from "./measureLive.ts";
export { measureVirtual, type VirtualPlan } from "./measureVirtual.ts";
export { dropLiveIndex } from "./stalledSeat.ts";
export { LOCK_STRATEGIES, type LockStrategy } from "./strategies.ts";
