import { OPERATIONS, type operations } from "./generated/api.ts";

/** The name of an operation in the OpenAPI document (`operationId`). */
export type OperationId = keyof typeof OPERATIONS;

/** The method and the path of an operation. */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** The path below the prefix, in OpenAPI's form: "/concerts/{concertId}". */
  readonly path: string;
  /** True when the operation takes an Idempotency-Key. */
  readonly takesKey: boolean;
}

/** Returns the method and the path of an operation. */
export function operationOf(id: OperationId): Operation {
  return OPERATIONS[id];
}

type Parameters<K extends OperationId> = operations[K]["parameters"];

/** The fields of the path; undefined for an operation without any. */
export type PathOf<K extends OperationId> =
  Parameters<K> extends { readonly path: infer P } ? P : undefined;

/** The fields of the query; undefined for an operation without any. */
export type QueryOf<K extends OperationId> =
  Parameters<K> extends { readonly query?: infer Q } ? Exclude<Q, undefined> : undefined;

type JsonOf<Content> = Content extends { readonly "application/json": infer Body }
  ? Body
  : undefined;

/** The body of a request; undefined for an operation without a body. */
export type BodyOf<K extends OperationId> = operations[K] extends {
  readonly requestBody: { readonly content: infer Content };
}
  ? JsonOf<Content>
  : operations[K] extends { readonly requestBody?: { readonly content: infer Content } }
    ? JsonOf<Content> | undefined
    : undefined;

type Successes<K extends OperationId> =
  operations[K]["responses"][keyof operations[K]["responses"] & (200 | 201 | 204)];

/** `data` of a successful answer; undefined for an answer without a body. */
export type DataOf<K extends OperationId> =
  Successes<K> extends { readonly content: { readonly "application/json": infer Body } }
    ? Body extends { readonly data: infer Data }
      ? Data
      : undefined
    : undefined;

/** The parts of a request in which undefined is not possible, by their names. */
type PartsOf<K extends OperationId> = {
  readonly path: PathOf<K>;
  readonly query: QueryOf<K> | undefined;
  readonly body: BodyOf<K>;
};

type Needed<T> = { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] };
type Possible<T> = {
  [Name in keyof T as undefined extends T[Name]
    ? [T[Name]] extends [undefined]
      ? never
      : Name
    : never]?: T[Name];
};

/** The path fields, the query and the body of a request of this operation. */
export type InputOf<K extends OperationId> = Needed<PartsOf<K>> & Possible<PartsOf<K>>;
