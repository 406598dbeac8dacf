import type { Middleware as KoaMiddleware, ParameterizedContext } from "koa";

/** The state of a request that the middlewares share. */
export interface RequestState {
  requestId: string;
  /** The route's template, or "unmatched"; never the path, because metrics use it as a label. */
  route: string;
  /** For the log; undefined while the user is not known. */
  userId: number | undefined;
  /** The code of the problem that was answered. */
  problemCode: string | undefined;
  /** True once the deadline was answered; work that ends later must not write an answer. */
  overdue: boolean;
  /** The parsed JSON body; undefined when the request has none. */
  body: unknown;
}

/** The routers' result on the context: the path's fields, and the routes with this path. */
interface RouterFacts {
  params?: unknown;
  matched?: readonly { readonly methods: readonly string[] }[];
}

/** Koa's context with the state of this API and without Koa's untyped properties. */
export type RequestContext = ParameterizedContext<RequestState, RouterFacts>;

export type Middleware = KoaMiddleware<RequestState, RouterFacts>;
