/** Public entry of @onsale/cli: what a command of another package builds on. */
export { AdminCommand, JSON_SCHEMA_VERSION } from "./adminCommand.ts";
export { CliError, EXIT, type ExitCode } from "./cliError.ts";
