import { expect } from "chai";
import { z } from "zod";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";
import { badCaseFixture } from "../support/badCaseFixture.ts";
import { type Request, requestOf } from "../support/badCases.ts";
import type { BadCaseFixture } from "../support/badTemplate.ts";
import { templateOf } from "../support/badTemplates.ts";
import type { Answer } from "../support/callApi.ts";
import { useTestApi } from "../support/testApi.ts";

const bounded = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  pattern: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
type Bounded = z.infer<typeof bounded>;

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string(),
        parameters: z
          .array(z.object({ name: z.string(), in: z.string(), schema: bounded }))
          .default([]),
        requestBody: z
          .object({ content: z.record(z.string(), z.object({ schema: z.unknown() })) })
          .optional(),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
type ApiDocument = z.infer<typeof documentSchema>;

/** A field with values at its documented bounds, and behind them. */
interface Probe {
  readonly operationId: string;
  readonly part: "query" | "body";
  readonly name: string;
  readonly inside: readonly unknown[];
  readonly outside: readonly unknown[];
  /** Texts of the bounds, of which a refusal must name the broken one. */
  readonly bounds: readonly string[];
}

function lookUp({ components }: ApiDocument, schema: unknown): Bounded {
  const found = bounded.parse(schema);
  const name = found.$ref?.split("/").at(-1);
  return name === undefined ? found : lookUp({ paths: {}, components }, components.schemas[name]);
}

const numberText = (bound: number): string =>
  bound === Number.MAX_SAFE_INTEGER ? "2^53 - 1" : bound.toLocaleString("en-US");

type Values = Pick<Probe, "inside" | "outside" | "bounds">;

function valuesOf(schema: Bounded): Values | undefined {
  const { type, minimum, maximum } = schema;
  if (type === "integer" && minimum !== undefined && maximum !== undefined) {
    // Beyond 2^53 - 1, JavaScript has no next number, and JSON.stringify writes 2^53.
    const outside = [minimum - 1, maximum + 1, minimum + 0.5];
    return { inside: [minimum, maximum], outside, bounds: [minimum, maximum].map(numberText) };
  }
  if (type === "string") return textValues(schema);
  const { minItems = 0, maxItems, items } = schema;
  if (type !== "array" || maxItems === undefined || items === undefined) return undefined;
  const list = (count: number) => Array.from({ length: count }, (_unused, at) => at + 1);
  return {
    ...{ inside: [list(maxItems)], outside: [list(minItems - 1), list(maxItems + 1)] },
    bounds: [String(minItems), String(maxItems)],
  };
}

function textValues(schema: Bounded): Values | undefined {
  const { minLength = 0, maxLength, pattern, format, enum: members } = schema;
  if (members) return { inside: members, outside: ["nonsense"], bounds: [] };
  if (format === "date") return { inside: ["2031-02-28"], outside: ["2031-02-30"], bounds: [] };
  if (maxLength === undefined) {
    const outside = ["{}", "x".repeat(999)];
    return pattern?.startsWith("^") ? { inside: [], outside, bounds: [] } : undefined;
  }
  const { inside, outside, bounds } = lengthValues(minLength, maxLength);
  const unfit = pattern === undefined ? [] : pattern === "\\S" ? ["  "] : ["a\u0007b"];
  return { inside, outside: [...outside, ...unfit], bounds };
}

function lengthValues(min: number, max: number): Values {
  const ticket = "\u{1F3AB}";
  return {
    inside: ["x".repeat(max), ticket.repeat(max)],
    outside: ["x".repeat(max + 1), ...(min > 0 ? [""] : [])],
    bounds: [String(max)],
  };
}

/** Every field of a query or a body whose bounds the document has. */
function probesOf(document: ApiDocument): Probe[] {
  return Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, parameters, requestBody }) => {
      const fields = parameters
        .filter((parameter) => parameter.in === "query")
        .map(({ name, schema }) => ({
          part: "query" as const,
          name,
          schema: lookUp(document, schema),
        }));
      const body = requestBody?.content["application/json"]?.schema;
      const { properties = {} } = body === undefined ? {} : lookUp(document, body);
      const inBody = Object.entries(properties).map(([name, schema]) => ({
        ...{ part: "body" as const, name, schema: lookUp(document, schema) },
      }));
      return [...fields, ...inBody].flatMap(({ part, name, schema }) => {
        const values = valuesOf(schema);
        return values ? [{ operationId, part, name, ...values }] : [];
      });
    }),
  );
}

/** Cursors are texts of an earlier answer, so no text at the bound is valid. */
const OPAQUE = new Set(["cursor"]);

describe("the bounds in the OpenAPI document", () => {
  const api = useTestApi({ RATE_LIMIT_USER_PER_SECOND: "100000" });
  let fixture: BadCaseFixture;
  let probes: readonly Probe[];

  before("makes a sale and reads the served document", async () => {
    fixture = await badCaseFixture(api(), false);
    const { text } = await api().call("GET", "/openapi.json");
    probes = probesOf(documentSchema.parse(JSON.parse(text)));
  });

  function requestWith({ operationId, part, name }: Probe, value: unknown): Request {
    const endpoint = ENDPOINTS.find((one) => one.operationId === operationId);
    if (!endpoint) throw new Error(operationId);
    const template = templateOf(operationId, fixture);
    const request = requestOf(endpoint, template, fixture);
    if (part === "query") {
      return { ...request, path: `${request.path}?${new URLSearchParams({ [name]: `${value}` })}` };
    }
    const { seatId: _other, ...others } = template.body ?? {};
    return {
      ...request,
      json: { ...(name === "seatIds" ? others : template.body), [name]: value },
    };
  }

  async function send(probe: Probe, value: unknown): Promise<Answer> {
    const { method, path, ...options } = requestWith(probe, value);
    return api().call(method, path, options);
  }

  const reasonsOf = ({ body }: Answer, { part, name }: Probe): string[] => {
    const errors = z
      .array(z.object({ path: z.string(), reason: z.string() }))
      .safeParse(body.errors);
    return (errors.data ?? [])
      .filter(({ path }) => path === `${part}.${name}`)
      .map((one) => one.reason);
  };

  it("cover the inputs with bounds", () => {
    const names = probes.map(({ operationId, name }) => `${operationId} ${name}`);
    expect(names).to.include.members([
      ...["chargePoints amount", "listConcerts limit", "listConcerts concertName"],
      ...["reserveSeat seatId", "reserveSeat seatIds", "pay reservationId", "createUser name"],
      ...["availableSeats since", "queueStatusOfUser queueId", "createConcert title"],
      ...["executeJob max", "executeJob reason", "listPlaces offset", "listConcerts startDate"],
    ]);
  });

  it("are those at which the server refuses, and the refusal names them", async () => {
    for (const probe of probes) {
      for (const value of probe.outside) {
        const answer = await send(probe, value);
        const what = `${probe.operationId} ${probe.name} ${JSON.stringify(value)?.slice(0, 40)}`;
        expect([answer.status, answer.code], what).to.deep.equal([400, "INVALID_REQUEST"]);
        const [reason = ""] = reasonsOf(answer, probe);
        const isLong = typeof value !== "string" || value.length > 9;
        if (!isLong || OPAQUE.has(probe.name)) continue;
        if (reason === "must be a whole number") continue;
        const isNamed = (bound: string): boolean =>
          reason.includes(bound) || reason.includes(bound.replaceAll(",", ""));
        if (probe.bounds.length > 0)
          expect(probe.bounds.some(isNamed), `${what}: ${reason}`).to.equal(true);
      }
    }
  });

  it("are accepted themselves", async () => {
    for (const probe of probes) {
      if (OPAQUE.has(probe.name)) continue;
      for (const value of probe.inside) {
        const answer = await send(probe, value);
        const what = `${probe.operationId} ${probe.name} ${JSON.stringify(value)?.slice(0, 40)}`;
        expect(reasonsOf(answer, probe), `${what} ${answer.text}`).to.deep.equal([]);
        expect(answer.status, what).to.be.below(500);
      }
    }
  });
});
