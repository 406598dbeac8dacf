import type { Notification } from "./notificationStore.ts";

/** Brings a notice to the external platform. */
export interface WebhookSender {
  /**
   * Resolves once the platform has accepted the notice. The platform may get it more than once and
   * tells a repetition by the message id.
   * @throws Error saying in one line why not, without secrets
   */
  send(notification: Pick<Notification, "messageId" | "body">): Promise<void>;
}
