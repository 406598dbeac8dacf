/** Entry `@onsale/simulator/terminal`: progress lines and words for a terminal. */
export { countText, durationText, meanText } from "../report/words.ts";
export { type ProgressTarget, type StatusLine, statusLine } from "./progressLine.ts";
