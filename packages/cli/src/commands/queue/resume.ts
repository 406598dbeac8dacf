import { QueueModeCommand } from "../../operation/queueModeCommand.ts";

/** `onsale queue resume` */
export default class QueueResume extends QueueModeCommand {
  static override summary =
    "Admit waiting buyers again after `queue pause`; the same as `queue open`";
  protected override readonly mode = "open";
}
