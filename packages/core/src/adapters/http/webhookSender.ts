import type { CoreConfig } from "../../config/readConfig.ts";
import type { Logger } from "../../ports/observability.ts";
import type { WebhookSender } from "../../ports/webhookSender.ts";

/** How much of an answer's body is worth keeping in an error. */
const ANSWER_LENGTH_MAX = 200;

/**
 * Posts notices to the configured URL. Without a URL they go to the log and count as delivered: a
 * notice that nobody ever collects would be owed for ever.
 */
export function webhookSender(settings: CoreConfig["webhook"], log: Logger): WebhookSender {
  const { url } = settings;
  return url === undefined ? logSender(log) : httpSender({ ...settings, url });
}

function logSender(log: Logger): WebhookSender {
  return {
    async send({ messageId, body }) {
      log.info({ messageId, body }, "A notice; set WEBHOOK_URL to have it posted");
    },
  };
}

function httpSender(settings: CoreConfig["webhook"] & { url: string }): WebhookSender {
  return {
    async send({ messageId, body }) {
      const answer = await fetch(settings.url, {
        method: "POST",
        headers: { "content-type": "application/json", "onsale-message-id": messageId },
        body: JSON.stringify(settings.format === "slack" ? { text: slackText(body) } : body),
        signal: AbortSignal.timeout(settings.timeoutMs),
        // A notice must reach who was configured, not whom that one points at.
        redirect: "error",
      });
      if (answer.ok) {
        await answer.body?.cancel();
        return;
      }
      const text = (await answer.text()).slice(0, ANSWER_LENGTH_MAX);
      throw new Error(`The webhook answered ${answer.status}: ${text}`);
    },
  };
}

/** Slack's incoming webhooks want `{ text }`; the notice's own sentence is it. */
function slackText(body: Readonly<Record<string, unknown>>): string {
  return typeof body.text === "string" ? body.text : JSON.stringify(body);
}
