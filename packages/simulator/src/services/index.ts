/** The entry `@onsale/simulator/services`: the study of a payment service of its own. */

export { crossingWrites, TABLE_OWNERS } from "./boundaries.ts";
export { boundariesChart } from "./boundariesChart.ts";
export {
  LIVE_SERVICES,
  type LiveServiceName,
  type LiveServiceServers,
  type LiveServicesPlan,
  measureLiveServices,
} from "./measureLiveServices.ts";
export { measureServices, type VirtualServicesPlan } from "./measureServices.ts";
export { servicesChart } from "./servicesChart.ts";
export * from "./servicesReport.ts";
