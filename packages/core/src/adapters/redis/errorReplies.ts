/**
 * Error replies of a server that cannot work at the moment, or no longer accepts this user. Any
 * other error reply means that the command is wrong.
 */
const TROUBLE =
  /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY|NOREPLICAS|MOVED|ASK)\b/;
const NO_ACCESS = /^(NOPERM|NOAUTH|WRONGPASS)\b/;
/** A script reports the error of its command in a text of its own. */
const OF_SCRIPT = /\b(NOPERM|READONLY|OOM|MISCONF|NOREPLICAS)\b|can't run this command/;

/** True for an error that Redis has answered. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/**
 * True for an error reply to a wrong command. Such a reply is not an outage: either Redis has lost
 * a script and the caller sends the script again, or the command has a bug.
 */
export function isMistake(error: unknown): boolean {
  if (!isReply(error)) return false;
  const { message } = error;
  return ![TROUBLE, NO_ACCESS, OF_SCRIPT].some((pattern) => pattern.test(message));
}
