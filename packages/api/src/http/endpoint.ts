import { type CoreContext, type OnsaleConfig, type QueueTicket, ruleText } from "@onsale/core";
import type { z } from "zod";
import type { Access, AccessKind } from "../auth/access.ts";
import type { Identity } from "../auth/identity.ts";
import { type FieldError, InvalidRequestError } from "../problems/errors.ts";
import type { ErrorCode } from "../problems/problems.ts";

export type Method = "get" | "post" | "put" | "delete";

/** The sections of the API document. */
export type Tag = "Queue" | "Concerts" | "Reservations" | "Points" | "Payments" | "Users" | "Admin";

/** The input of a handler. */
export interface Call<P, Q, B, C> {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly caller: C;
  /** The client's Idempotency-Key; undefined without one and on endpoints that ignore it. */
  readonly idempotency: { readonly key: string } | undefined;
}

/** The result of a handler. */
export type Reply<A> = ReplyTraits & (ReplyData<A> | EncodedReply);

interface ReplyData<A> {
  readonly data: A;
  readonly encoded?: undefined;
}

/** The whole body as JSON (`encodeData`), which several requests share. */
interface EncodedReply {
  readonly encoded: Buffer;
  readonly data?: undefined;
}

interface ReplyTraits {
  /** The ETag of a conditional endpoint, without quotes. */
  readonly etag?: string;
  /**
   * True when the answer is the stored answer of an earlier request with the same Idempotency-Key.
   */
  readonly replayed?: boolean;
  /** The Cache-Control header. Default: no-store. */
  readonly cacheControl?: string;
  /** The place whose events the answer carries; only in the reply of a streaming endpoint. */
  readonly follow?: QueueTicket;
}

/** Encodes a body that several requests share. @returns a value for `Reply.encoded` */
export function encodeData<A>(data: A): Buffer {
  return Buffer.from(JSON.stringify({ data }));
}

interface EndpointTraits {
  /** A unique name. Generated clients use it as the name of the function. */
  readonly operationId: string;
  readonly method: Method;
  /** The path in OpenAPI's form, without the prefix: "/concerts/{concertId}". */
  readonly path: `/${string}`;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly status: 200 | 201 | 204;
  /** True for the nine endpoints of the specification, which are also served without the prefix. */
  readonly specification: boolean;
  /** True when the endpoint accepts an `Idempotency-Key`. */
  readonly idempotent: boolean;
  /** True when the answer to a repeated request is marked. Default: `idempotent`. */
  readonly repeatable?: boolean;
  /**
   * Says that answers have an `ETag`; a request whose `If-None-Match` contains this ETag gets 304.
   * With a weak ETag, equal ETags mean equal content; with a strong one, equal bytes.
   */
  readonly conditional?: "weak" | "strong";
  /**
   * True for the requests of waiting buyers. They have slots of their own, and need no database.
   */
  readonly waitingRoom?: boolean;
  /** True when the answer is a stream of events, and `answer` is the data of its first event. */
  readonly streams?: boolean;
  /** True when the endpoint exists only while the development issuer is on. */
  readonly devIssuerOnly?: boolean;
  /** Error codes of the workflow. Codes that every endpoint can answer are added. */
  readonly errors: readonly ErrorCode[];
}

/**
 * One endpoint. Its routing, validation, documentation and tests are derived from this definition.
 */
export interface EndpointDefinition<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
  C,
> extends EndpointTraits {
  readonly access: Access<C>;
  readonly params: P;
  readonly query: Q;
  /** The schema of the body; `undefined` for an endpoint without a body. */
  readonly body: B;
  readonly answer: A;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>, C>): Promise<Reply<z.input<A>>>;
}

/** The parts of a request that the schemas check. */
export interface RawRequest {
  readonly identity: Identity;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly idempotencyKey: string | undefined;
}

/** A valid request of a known caller. */
export interface PreparedCall {
  readonly userId: number | undefined;
  /** Checks whether the caller has access, and runs the handler. */
  run(core: CoreContext, config: OnsaleConfig): Promise<Reply<unknown>>;
}

/** An endpoint without its type parameters. */
export interface Endpoint extends EndpointTraits {
  readonly access: AccessKind;
  readonly schemas: {
    readonly params: z.ZodObject;
    readonly query: z.ZodObject;
    readonly body: z.ZodType;
    readonly answer: z.ZodType;
  };
  /** True when the endpoint reads a body. */
  readonly readsBody: boolean;
  /**
   * Checks the request against the schemas.
   * @throws InvalidRequestError with every invalid field
   * @throws the errors of `access`
   */
  prepare(request: RawRequest): PreparedCall;
}

/** Makes an endpoint from the schemas, the access rule and the handler of a definition. */
export function defineEndpoint<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
  C extends { readonly userId: number | undefined },
>(definition: EndpointDefinition<P, Q, B, A, C>): Endpoint {
  const { access, params, query, body, answer, handle, ...traits } = definition;
  // Most requests leave one or two of the three parts empty. The result for an empty part is always
  // the same.
  const noParams = params.safeParse({});
  const noQuery = query.safeParse({});
  const noBody = body.safeParse(undefined);
  return {
    repeatable: traits.idempotent,
    ...traits,
    access: access.kind,
    schemas: { params, query, body, answer },
    readsBody: body.def.type !== "undefined",
    prepare(request) {
      const errors: FieldError[] = [];
      const parsedParams = isEmpty(request.params) ? noParams : params.safeParse(request.params);
      const parsedQuery = isEmpty(request.query)
        ? noQuery
        : query.safeParse(withoutBlank(request.query, query));
      const parsedBody = request.body === undefined ? noBody : body.safeParse(request.body);
      if (!parsedParams.success) errors.push(...fieldErrors("path", parsedParams.error));
      if (!parsedQuery.success) errors.push(...fieldErrors("query", parsedQuery.error));
      if (!parsedBody.success) errors.push(...fieldErrors("body", parsedBody.error));
      if (!parsedParams.success || !parsedQuery.success || !parsedBody.success) {
        throw new InvalidRequestError(errors);
      }
      const caller = access.resolve(request.identity, {
        userId: userIdIn(parsedParams.data) ?? userIdIn(parsedBody.data),
        reads: traits.method === "get",
      });
      const { idempotencyKey } = request;
      return {
        userId: caller.userId,
        async run(core, config) {
          await access.admit(core, caller);
          return await handle({
            core,
            config,
            params: parsedParams.data,
            query: parsedQuery.data,
            body: parsedBody.data,
            caller,
            idempotency: idempotencyKey === undefined ? undefined : { key: idempotencyKey },
          });
        },
      };
    },
  };
}

/** True for an object without properties, which is the value of a part that the request omits. */
function isEmpty(part: unknown): boolean {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return false;
  for (const _name in part) return false;
  return true;
}

/** Leaves out the known fields of a query that are empty: an empty filter is no filter. */
function withoutBlank(given: unknown, { shape }: z.ZodObject): unknown {
  if (typeof given !== "object" || given === null) return given;
  const isGiven = ([name, value]: [string, unknown]): boolean =>
    value !== "" || !Object.hasOwn(shape, name);
  return Object.fromEntries(Object.entries(given).filter(isGiven));
}

function userIdIn(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("userId" in value)) return undefined;
  return typeof value.userId === "number" ? value.userId : undefined;
}

function fieldErrors(part: "path" | "query" | "body", error: z.ZodError): FieldError[] {
  const errors = error.issues.flatMap((issue) => {
    const path = [part, ...issue.path.map(String)].join(".");
    if (issue.code !== "unrecognized_keys") return [{ path, reason: ruleText(issue) }];
    return issue.keys.map((key) => ({ path: `${path}.${key}`, reason: "Unknown field" }));
  });
  // A value can break several bounds of the one rule that its field has.
  return [...new Map(errors.map((one) => [`${one.path}: ${one.reason}`, one])).values()];
}
