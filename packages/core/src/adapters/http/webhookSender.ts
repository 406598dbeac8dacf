import type { CoreConfig } from "../../config/readConfig.ts";
import type { Logger } from "../../ports/observability.ts";
import type { WebhookSender } from "../../ports/webhookSender.ts";
import { TRACEPARENT, takeTraceparent } from "../../shared/traceparent.ts";

/** How many characters of an answer's body an error text keeps. */
const ANSWER_LENGTH_MAX = 200;

/**
 * Posts notifications to the configured URL. Without a URL each one is written to the log and
 * counts as delivered, because undelivered notifications would otherwise pile up.
 */
export function webhookSender(settings: CoreConfig["webhook"], log: Logger): WebhookSender {
  const { url } = settings;
  return url === undefined ? logSender(log) : httpSender({ ...settings, url });
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
    probe: async () => undefined,
  };
}

function httpSender(settings: CoreConfig["webhook"] & { url: string }): WebhookSender {
  return {
    async send({ messageId, body: stored }) {
      const { traceparent, payload: body } = takeTraceparent(stored);
      const answer = await fetch(settings.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "onsale-message-id": messageId,
          ...(traceparent === undefined ? {} : { [TRACEPARENT]: traceparent }),
        },
        body: JSON.stringify(settings.format === "slack" ? { text: slackText(body) } : body),
        signal: AbortSignal.timeout(settings.timeoutMs),
        // The request fails at a redirect, so that a notification reaches only the configured host.
        redirect: "error",
      });
      if (answer.ok) {
        await answer.body?.cancel();
        return;
      }
      const text = (await answer.text()).slice(0, ANSWER_LENGTH_MAX);
      throw new Error(`The webhook answered ${answer.status}: ${text}`);
    },
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

/**
 * The body that Slack's incoming webhooks accept: `{ text }`, with the notification's sentence. A
 * title must not become a link or a mention, so the characters with a meaning are escaped.
 */
function slackText(body: Readonly<Record<string, unknown>>): string {
  const text = typeof body.text === "string" ? body.text : JSON.stringify(body);
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
