/** Public entry for studies: measured incidents, their rules and their charts. */
export { TappedRecorder } from "../measure/tappedRecorder.ts";
export { cachingChart } from "./caching/cachingChart.ts";
export * from "./caching/cachingReport.ts";
export { eventsChart } from "./events/eventsChart.ts";
export * from "./events/eventsReport.ts";
export { outboxChart } from "./events/outboxChart.ts";
export * from "./events/outboxReport.ts";
export { incidentChart } from "./incidentChart.ts";
export * from "./incidentReport.ts";
export { incidentWindow } from "./incidentWindow.ts";
export { indexChart } from "./indexes/indexChart.ts";
export * from "./indexes/indexReport.ts";
export { type K6Summary, k6SummarySchema } from "./load/k6Summary.ts";
export { loadChart } from "./load/loadChart.ts";
export * from "./load/loadReport.ts";
export {
  LOAD_SCENARIOS,
  type LoadScenarioPlan,
  type SpecificationFigures,
} from "./load/loadScenarios.ts";
export { type RunningK6, runLoadScenario } from "./load/runLoadScenario.ts";
export { loadAverageNow, thisMachine } from "./machine.ts";
export { firstSaturated, resourceBounds, saturationsOf } from "./saturation.ts";
export { trafficOf } from "./trafficOf.ts";
