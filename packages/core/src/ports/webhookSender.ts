import type { Notification } from "./notificationStore.ts";

/** Delivers notifications to the receiver. */
export interface WebhookSender {
  /**
   * Resolves when the receiver has accepted the notification. The receiver can receive a
   * notification more than once and detects a repetition by the message id.
   * @throws DeliveryError when the receiver has refused the notification
   * @throws ReceiverPausedError when nothing was sent, because the receiver has failed before
   * @throws Error with the reason in one line, without secrets
   */
  send(notification: Pick<Notification, "messageId" | "body">): Promise<void>;
  /**
   * Returns how many notifications may be sent now: 0 while the receiver fails, 1 to test it after
   * a pause, else Infinity.
   */
  capacity(): number;
  /**
   * Resolves when the receiver answers a request that delivers nothing, whatever it answers, unless
   * the answer says that the receiver is unavailable.
   * @throws Error with the reason in one line, without secrets
   */
  probe(): Promise<void>;
}
