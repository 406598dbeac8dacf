import { createHmac } from "node:crypto";

/** One attempt to deliver a notification. */
export interface SignedAttempt {
  readonly messageId: string;
  /** Time of the attempt, ms since the Unix epoch. A receiver refuses old attempts. */
  readonly nowMs: number;
  readonly body: string;
}

/**
 * Returns the headers of Standard Webhooks: id, time and signatures. There is a signature with each
 * secret, so that a receiver that knows only the older or the newer one accepts the notification.
 * @param secrets keys in base64; without any, there is no signature
 */
export function signatureHeaders(
  secrets: readonly string[],
  { messageId, nowMs, body }: SignedAttempt,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signatures = secrets.map((secret) => {
    const hmac = createHmac("sha256", Buffer.from(secret, "base64"));
    return `v1,${hmac.update(`${messageId}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": messageId,
    "webhook-timestamp": timestamp,
    ...(signatures.length === 0 ? {} : { "webhook-signature": signatures.join(" ") }),
  };
}
