import { QueueModeCommand } from "../../operation/queueModeCommand.ts";

/** `onsale queue pause` */
export default class QueuePause extends QueueModeCommand {
  static override summary =
    "Stop admitting waiting buyers; they keep their places, and others may still join";
  protected override readonly mode = "paused";
}
