import type { CoreConfig } from "../../config/readConfig.ts";
import { DeliveryError } from "../../notification/errors.ts";
import type { Logger } from "../../ports/observability.ts";
import type { WebhookSender } from "../../ports/webhookSender.ts";
import { systemClock } from "../../shared/clock.ts";
import { maskSecrets } from "../../shared/maskSecrets.ts";
import { TRACEPARENT, takeTraceparent } from "../../shared/traceparent.ts";
import { receiverBreaker } from "./receiverBreaker.ts";
import { signatureHeaders } from "./webhookSignature.ts";
import { withoutAddress } from "./withoutAddress.ts";

/** How many characters of an answer's body an error text keeps. */
const ANSWER_LENGTH_MAX = 200;

/** How much of a refusal's body is read. The rest, which can be endless, is not. */
const ANSWER_BYTES_MAX = 4 * 1024;

/** The longest pause of `Retry-After` that is kept. */
const RETRY_AFTER_MS_MAX = 60 * 60 * 1000;

/** Statuses that say that the receiver accepts nothing at the moment. */
const OUTAGE_STATUSES = [429, 500, 502, 503, 504];

/**
 * Posts notifications to the configured URL. Without a URL each one is written to the log and
 * counts as delivered, because undelivered notifications would otherwise pile up.
 */
export function webhookSender(settings: CoreConfig["webhook"], log: Logger): WebhookSender {
  const { url } = settings;
  return url === undefined ? logSender(log) : httpSender({ ...settings, url }, log);
}

function logSender(log: Logger): WebhookSender {
  return {
    async send({ messageId, body: stored }) {
      const { payload: body } = takeTraceparent(stored);
      log.info(
        { event: "notification.not_posted", messageId, body },
        "A notification was not posted because WEBHOOK_URL is not set",
      );
    },
    capacity: () => Number.POSITIVE_INFINITY,
    probe: async () => undefined,
  };
}

type HttpSettings = CoreConfig["webhook"] & { readonly url: string };

function httpSender(settings: HttpSettings, log: Logger): WebhookSender {
  const breaker = receiverBreaker(systemClock, log);
  return {
    send: (notification) => breaker.run(() => post(settings, notification)),
    capacity: breaker.capacity,
    async probe() {
      const answer = await fetch(settings.url, {
        method: "OPTIONS",
        signal: AbortSignal.timeout(settings.timeoutMs),
        redirect: "manual",
      });
      await answer.body?.cancel();
      // A receiver that does not support OPTIONS answers 404, 405 or 501. That is an answer too.
      if ([500, 502, 503, 504].includes(answer.status)) {
        throw new Error(`The webhook answered ${answer.status}`);
      }
    },
  };
}

async function post(
  { url, format, secrets, timeoutMs }: HttpSettings,
  { messageId, body: stored }: Parameters<WebhookSender["send"]>[0],
): Promise<void> {
  const { traceparent, payload } = takeTraceparent(stored);
  const body = JSON.stringify(format === "slack" ? { text: slackText(payload) } : payload);
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "onsale-message-id": messageId,
      ...signatureHeaders(secrets, { messageId, nowMs: systemClock.nowMs(), body }),
      ...(traceparent === undefined ? {} : { [TRACEPARENT]: traceparent }),
    },
    body,
    signal: AbortSignal.timeout(timeoutMs),
    // The request fails at a redirect, so that a notification reaches only the configured host.
    redirect: "error",
  });
  if (answer.ok) {
    await answer.body?.cancel();
    return;
  }
  const beginning = maskSecrets(withoutAddress(await beginningOf(answer), url));
  const text = beginning.slice(0, ANSWER_LENGTH_MAX);
  throw new DeliveryError(`The webhook answered ${answer.status}: ${text}`, {
    isOutage: OUTAGE_STATUSES.includes(answer.status),
    retryAfterMs: retryAfterMs(answer.headers.get("retry-after")),
  });
}

/** Reads the beginning of a body, and ends the rest of the answer. */
async function beginningOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk.subarray(0, ANSWER_BYTES_MAX - bytes));
    bytes += chunk.byteLength;
    if (bytes >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function retryAfterMs(header: string | null): number | undefined {
  if (header === null || !/^\d{1,6}$/.test(header)) return undefined;
  return Math.min(Number(header) * 1000, RETRY_AFTER_MS_MAX);
}

/**
 * The body that Slack's incoming webhooks accept: `{ text }`, with the notification's sentence. A
 * title must not become a link or a mention, so the characters with a meaning are escaped.
 */
function slackText(body: Readonly<Record<string, unknown>>): string {
  const text = typeof body.text === "string" ? body.text : JSON.stringify(body);
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
