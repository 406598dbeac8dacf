/**
 * The command line that continues a job.
 * @param command the command line of an earlier run, as its audit record has it
 */
export function continueCommand(command: string, jobId: string): string {
  const base = command.replace(/ --job[ =]\S+/g, "").replace(/ --execute(?= |$)/g, "");
  return `${base} --execute --job ${jobId}`;
}
