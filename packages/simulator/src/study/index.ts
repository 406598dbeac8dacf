/** Public entry for studies: measured incidents, their rules and their charts. */
export { TappedRecorder } from "../measure/tappedRecorder.ts";
export { incidentChart } from "./incidentChart.ts";
export * from "./incidentReport.ts";
export { incidentWindow } from "./incidentWindow.ts";
export { firstSaturated, resourceBounds, saturationsOf } from "./saturation.ts";
export { trafficOf } from "./trafficOf.ts";
