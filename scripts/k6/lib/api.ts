import exec from "k6/execution";
import http, { type Params, type RefinedResponse, type ResponseType } from "k6/http";
import {
  acceptedMs,
  failureReason,
  failures,
  type LoadScenario,
  refusedMs,
  type Step,
  stageNow,
} from "./scenario.ts";

type Answer = RefinedResponse<ResponseType | undefined>;
type Method = "GET" | "POST" | "PUT";

/** The answer to a request, by its outcome. */
export interface Outcome {
  /** The data of an accepted answer that was kept. */
  readonly data: unknown;
  readonly isAccepted: boolean;
  readonly status: number;
}

/** A request of a user. */
export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** The status codes of refusals that the contract foresees: a taken seat is one. */
  readonly refusals?: readonly number[];
  /** Whether the script reads the answer. */
  readonly isRead?: boolean;
}

/** The URLs of the API processes. Each user keeps to one of them, as behind a balancer. */
const baseUrls = (__ENV.BASE_URLS ?? __ENV.BASE_URL ?? "http://127.0.0.1:8080").split(",");
const FIRST_ERROR = 400;

/** Returns the function that sends the requests of a scenario and records their outcomes. */
export function apiOf({ stages }: LoadScenario): (step: Step, call: Call) => Outcome {
  return (step, { method, path, body, token, refusals = [], isRead = false }) => {
    const stage = String(stageNow(stages));
    const tags = { step, stage };
    const params: Params = {
      headers: {
        "Content-Type": "application/json",
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      // Without a name, k6 would keep figures for each URL, and each user has URLs of its own.
      tags: { ...tags, name: step },
      responseType: isRead ? "text" : "none",
      responseCallback: http.expectedStatuses({ min: 200, max: FIRST_ERROR - 1 }, ...refusals),
    };
    const text = body === undefined ? null : JSON.stringify(body);
    const answer: Answer = http.request(method, `${baseUrl()}${path}`, text, params);
    const { status } = answer;
    const isAccepted = status >= 200 && status < FIRST_ERROR;
    if (isAccepted) acceptedMs.add(answer.timings.duration, tags);
    else if (refusals.includes(status)) refusedMs.add(answer.timings.duration, tags);
    else failures.add(1, { ...tags, reason: failureReason(status) });
    return { status, isAccepted, data: isAccepted && isRead ? dataOf(answer) : undefined };
  };
}

function baseUrl(): string {
  return baseUrls[exec.vu.idInTest % baseUrls.length] ?? "";
}

function dataOf(answer: Answer): unknown {
  const parsed: unknown = answer.json();
  return typeof parsed === "object" && parsed !== null && "data" in parsed
    ? parsed.data
    : undefined;
}
