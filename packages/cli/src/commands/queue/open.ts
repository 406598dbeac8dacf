import { QueueModeCommand } from "../../operation/queueModeCommand.ts";

/** `onsale queue open` */
export default class QueueOpen extends QueueModeCommand {
  static override summary = "Open a queue that was paused or drained: buyers join and are admitted";
  protected override readonly mode = "open";
}
