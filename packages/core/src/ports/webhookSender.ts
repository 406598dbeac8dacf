import type { Notification } from "./notificationStore.ts";

/** Delivers notifications to the external platform. */
export interface WebhookSender {
  /**
   * Resolves when the platform has accepted the notification. The platform can receive a
   * notification more than once and detects a repetition by the message id.
   * @throws Error with the reason in one line, without secrets
   */
  send(notification: Pick<Notification, "messageId" | "body">): Promise<void>;
  /**
   * Resolves when the platform answers a request that delivers nothing, whatever it answers, unless
   * the answer says that the platform is unavailable.
   * @throws Error with the reason in one line, without secrets
   */
  probe(): Promise<void>;
}
