/**
 * Entry of @onsale/client/http: the form of requests and answers, for programs that send the
 * requests themselves, such as the simulator.
 */
export { API_PREFIX, type ApiAnswer, readAnswer, requestHeaders } from "./http/answer.ts";
export { type LinePosition, positionIn } from "./waiting/position.ts";
