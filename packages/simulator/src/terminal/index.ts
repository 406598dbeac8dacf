/** Entry `@onsale/simulator/terminal`: progress lines and words for a terminal. */
export { durationText } from "../report/words.ts";
export { type ProgressTarget, type StatusLine, statusLine } from "./progressLine.ts";
