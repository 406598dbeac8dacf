import type { Middleware as KoaMiddleware, ParameterizedContext } from "koa";

/** What the middlewares tell each other about a request. */
export interface RequestState {
  requestId: string;
  /** The route's template, or "unmatched": labels must not grow with the traffic. */
  route: string;
  /** For the log; undefined while nobody is known. */
  userId: number | undefined;
  /** The code of the problem that was answered. */
  problemCode: string | undefined;
  /** Set once the deadline's answer is on its way, so that late work no longer writes. */
  overdue: boolean;
  /** The parsed JSON body; undefined when the request has none. */
  body: unknown;
}

/** What the router leaves on the context: the path's fields, and the routes whose path matched. */
interface RouterFacts {
  params?: unknown;
  matched?: readonly { readonly methods: readonly string[] }[];
}

/** Koa's context with our state and none of its open-ended properties. */
export type RequestContext = ParameterizedContext<RequestState, RouterFacts>;

export type Middleware = KoaMiddleware<RequestState, RouterFacts>;
