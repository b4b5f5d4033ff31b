import { Command } from "commander";
import { readDiscovery } from "../../client/discovery.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failures.ts";
import { printJson, printLines } from "../print.ts";

/** `taximeter otel`: what to set in a process that tells of its AI calls by OpenTelemetry's spans. */
export function otelCommand(context: CommandContext): Command {
  return new Command("otel")
    .description("the environment by which OpenTelemetry's spans of AI calls come here")
    .option("--json", "as JSON: {name: value}")
    .action(async ({ json }: { json?: true }) => {
      // Asked first, so that there is one, and that it has proved itself.
      await context.connect().request("status", {});
      const reading = await readDiscovery(context.home);
      if (reading.kind !== "found") throw new CommandFailure("The daemon has left in the meantime.");
      const variables = otelEnvironment(reading.discovery);
      if (json) return printJson(context, variables);
      const line = context.platform === "win32" ? powerShellLine : shellLine;
      printLines(
        context,
        Object.entries(variables).map(([name, value]) => line(name, value)),
      );
    });
}

/** Only traces are sent here; where metrics and logs go stays as it is. */
function otelEnvironment({ port, token }: { port: number; token: string }): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: `authorization=Bearer%20${token}`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip",
    OTEL_TRACES_EXPORTER: "otlp",
  };
}

/** For `eval "$(taximeter otel)"`. None of the values has a quote in it. */
function shellLine(name: string, value: string): string {
  return `export ${name}='${value}'`;
}

function powerShellLine(name: string, value: string): string {
  return `$env:${name} = '${value}'`;
}
