import { z } from "zod";

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent unchanged, as `application/json` unless the headers name another type. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

const envelope = z.looseObject({
  data: z.record(z.string(), z.unknown()).optional(),
  code: z.string().optional(),
});

/** An answer with its complete body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The `data` of a success; empty for a refusal. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The code of a refusal; undefined for a success. */
  readonly code: string | undefined;
  /** The whole body, when it is a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends one request. */
export async function callApi(
  url: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const text =
    options.raw ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answered = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const body = envelope.parse(isJson && answered !== "" ? JSON.parse(answered) : {});
  const { status, headers } = response;
  return { status, headers, text: answered, data: body.data ?? {}, code: body.code, body };
}

/** A number of an answer. */
export function numberIn(data: Readonly<Record<string, unknown>>, name: string): number {
  return z.number().parse(data[name]);
}

/** A text of an answer. */
export function textIn(data: Readonly<Record<string, unknown>>, name: string): string {
  return z.string().parse(data[name]);
}
