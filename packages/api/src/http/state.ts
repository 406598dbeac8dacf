import type { Span } from "@onsale/core";
import type { Middleware as KoaMiddleware, ParameterizedContext } from "koa";
import type { EndpointAnswer } from "./endpointAnswer.ts";

/** The route of a request whose path no route has. */
export const UNMATCHED = "unmatched";

/** The state of a request that the middlewares share. */
export interface RequestState {
  requestId: string;
  /** The network of the client, to which the limits of addresses apply; `ctx.ip` is the address. */
  network: string;
  /** The span of the request; undefined when the request is not traced. */
  span: Span | undefined;
  /**
   * The path template, or `UNMATCHED`. Never the path itself, because metrics use this value as a
   * label.
   */
  route: string;
  /** True for probes, metrics, documents and preflights, which are not the work of the API. */
  forOperators: boolean;
  /** The caller, for the log; undefined while the caller is unknown. */
  userId: number | undefined;
  /** The error code of the answer; undefined for a successful request. */
  problemCode: string | undefined;
  /**
   * True after the deadline's error was answered. Work that ends later must then not write an
   * answer.
   */
  overdue: boolean;
  /** The answer that is sent after all middlewares; undefined when Koa sends the answer. */
  answer: EndpointAnswer | undefined;
  /** True when the request target cannot be read; its URL was replaced. */
  malformedTarget: boolean;
}

/** The property that the routers set on the context: the routes with this path. */
interface RouterFacts {
  matched?: readonly { readonly methods: readonly string[] }[];
}

/** Koa's context with the state of this API and without Koa's untyped properties. */
export type RequestContext = ParameterizedContext<RequestState, RouterFacts>;

export type Middleware = KoaMiddleware<RequestState, RouterFacts>;

/** The field of a log line by which log systems find the trace; none without a trace. */
export const traceFields = ({ state }: RequestContext): { readonly trace_id?: string } =>
  state.span ? { trace_id: state.span.traceId } : {};
