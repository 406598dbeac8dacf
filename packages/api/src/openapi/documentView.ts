import { z } from "zod";
import { apiDocument, type DocumentParts } from "./document.ts";

const reference = z.object({ $ref: z.string() });

/** The parts of a JSON schema that the pages show. */
const schemaShape = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  example: z.unknown().optional(),
});

const content = z.record(z.string(), z.object({ schema: z.unknown() })).optional();

const operationShape = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        description: z.string().optional(),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: z.object({ required: z.boolean().optional(), content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })),
});

const documentShape = z.object({
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** One field of a body or an answer. A nested field has its whole path: "seats[].price". */
export interface FieldView {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

export interface OperationView {
  readonly id: string;
  readonly method: string;
  /** The path with its prefix. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** The credentials that the operation accepts, or "none". */
  readonly credentials: string;
  readonly parameters: readonly (FieldView & { readonly in: string })[];
  readonly bodyFields: readonly FieldView[];
  readonly bodyExample: unknown;
  readonly successStatus: string;
  readonly answerFields: readonly FieldView[];
  readonly refusals: readonly { readonly status: string; readonly description: string }[];
}

/**
 * Refusals have this status or a higher one. Answers with a lower status, such as 304, are not
 * refusals.
 */
const REFUSAL_STATUS_MIN = 400;

type SchemaLookup = (schema: unknown) => z.infer<typeof schemaShape>;

const CREDENTIALS: Readonly<Record<string, string>> = {
  accessToken: "access token",
  queueToken: "queue token",
  gatewayUser: "`userId` or `X-User-Id` in trusted mode",
};

/**
 * Makes flat lists of the document, which the HTML page and the Markdown page show.
 * @param parts default: the whole API
 */
export function documentView(parts?: DocumentParts): readonly OperationView[] {
  const document = documentShape.parse(JSON.parse(JSON.stringify(apiDocument(parts))));
  const prefix = document.servers[0]?.url ?? "";
  const lookUp: SchemaLookup = (schema) => {
    const pointer = reference.safeParse(schema);
    const name = pointer.success ? pointer.data.$ref.split("/").at(-1) : undefined;
    return schemaShape.parse(name === undefined ? schema : document.components.schemas[name]);
  };
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      viewOf(method.toUpperCase(), prefix + path, operation, lookUp),
    ),
  );
}

function viewOf(
  method: string,
  path: string,
  operation: z.infer<typeof operationShape>,
  lookUp: SchemaLookup,
): OperationView {
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  const [success, ...others] = Object.entries(operation.responses);
  const refusals = others.filter(([status]) => Number(status) >= REFUSAL_STATUS_MIN);
  const [contentType = "", answer] = Object.entries(success?.[1].content ?? {})[0] ?? [];
  return {
    id: operation.operationId,
    method,
    path,
    tag: operation.tags[0] ?? "",
    summary: operation.summary,
    description: operation.description ?? "",
    credentials: credentialsOf(operation.security),
    parameters: operation.parameters.map((parameter) => ({
      in: parameter.in,
      path: parameter.name,
      type: inputType(lookUp(parameter.schema), lookUp),
      required: parameter.required ?? false,
      description: parameter.description ?? lookUp(parameter.schema).description ?? "",
    })),
    bodyFields: body === undefined ? [] : fieldsOf(body, "", lookUp, inputType),
    bodyExample: body === undefined ? undefined : lookUp(body).example,
    successStatus: success?.[0] ?? "",
    answerFields: answer === undefined ? [] : answerFields(contentType, answer.schema, lookUp),
    refusals: refusals.map(([status, { description }]) => ({ status, description })),
  };
}

/** An answer without fields, such as a stream, has one row with its content type. */
function answerFields(contentType: string, schema: unknown, lookUp: SchemaLookup): FieldView[] {
  const fields = fieldsOf(schema, "", lookUp, typeOf);
  if (fields.length > 0) return fields;
  const { description = "", ...whole } = lookUp(schema);
  return [{ path: contentType, type: typeOf(whole, lookUp), required: true, description }];
}

function credentialsOf(security: readonly Record<string, unknown>[]): string {
  const names = security.flatMap((one) => Object.keys(one).map((key) => CREDENTIALS[key] ?? key));
  return names.length === 0 ? "none" : names.join(", or ");
}

function fieldsOf(
  schema: unknown,
  prefix: string,
  lookUp: SchemaLookup,
  typeText: typeof typeOf,
): FieldView[] {
  const { properties = {}, required = [] } = lookUp(schema);
  return Object.entries(properties).flatMap(([name, inner]) => {
    const field = lookUp(inner);
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const own = {
      path,
      type: typeText(field, lookUp),
      required: required.includes(name),
      description: field.description ?? "",
    };
    const below =
      field.items === undefined
        ? fieldsOf(inner, path, lookUp, typeText)
        : fieldsOf(field.items, `${path}[]`, lookUp, typeText);
    return [own, ...below];
  });
}

/** The type of an input with its bounds. Answers need none, because clients do not check them. */
function inputType(schema: z.infer<typeof schemaShape>, lookUp: SchemaLookup): string {
  const bounds = boundsOf(schema);
  return bounds === "" ? typeOf(schema, lookUp) : `${typeOf(schema, lookUp)}, ${bounds}`;
}

function boundsOf(schema: z.infer<typeof schemaShape>): string {
  const { minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems } = schema;
  if (minimum !== undefined && maximum !== undefined) {
    const most = maximum === Number.MAX_SAFE_INTEGER ? "2^53 - 1" : maximum.toLocaleString("en-US");
    return `${minimum} to ${most}`;
  }
  if (maxLength !== undefined) return `${minLength} to ${maxLength} characters`;
  return maxItems === undefined ? "" : `${minItems} to ${maxItems} entries`;
}

function typeOf(schema: z.infer<typeof schemaShape>, lookUp: SchemaLookup): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(lookUp(one), lookUp)).join(" | ");
  if (schema.items !== undefined) return `${typeOf(lookUp(schema.items), lookUp)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : (schema.type ?? "any");
  return schema.format ? `${type} (${schema.format})` : type;
}
