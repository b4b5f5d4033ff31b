/** File → what it imports: files relative to the project, packages and `node:` modules by name. */
export type ImportGraph = Map<string, string[]>;

/** Where things are wired. Nobody imports these. */
const compositionRoots = [
  "daemon/main.ts",
  "daemon/cli/main.ts",
  "extension/extension.ts",
  "shim/register.ts",
  "webview/main.tsx",
];

interface Room {
  path: string;
  /** Rooms it may import besides itself. */
  rooms: string[];
  packages: boolean;
  node: boolean;
}

/** ARCHITECTURE.md, "The rooms". The first whose path fits is a file's room, so inner rooms stand before outer ones. */
const rooms: Room[] = [
  { path: "shared/", rooms: [], packages: false, node: false },
  { path: "shim/", rooms: ["shared/"], packages: false, node: true },
  { path: "daemon/client/", rooms: ["shared/"], packages: false, node: true },
  { path: "daemon/cli/", rooms: ["shared/", "daemon/client/"], packages: true, node: true },
  { path: "daemon/", rooms: ["shared/", "daemon/client/"], packages: true, node: true },
  { path: "extension/", rooms: ["shared/", "daemon/client/"], packages: true, node: true },
  { path: "webview/", rooms: ["shared/"], packages: true, node: false },
];

/** Each import that ARCHITECTURE.md doesn't allow, as a sentence. */
export function brokenRules(graph: ImportGraph): string[] {
  const broken: string[] = [];
  for (const [file, imports] of graph) {
    const room = roomOf(file);
    if (room === undefined) continue;
    for (const target of imports) {
      const reason = refusal(room, target);
      if (reason !== null) broken.push(`${file} imports ${target}: ${reason}`);
    }
  }
  return broken;
}

function refusal(room: Room, target: string): string | null {
  if (isFile(target)) {
    if (compositionRoots.includes(target)) return "a composition root";
    const owner = roomOf(target);
    if (owner === room || (owner !== undefined && room.rooms.includes(owner.path))) return null;
    return `${room.path} may not import ${owner?.path ?? "what is in no room"}`;
  }
  if (target === "vscode") return room.path === "extension/" ? null : "vscode is for extension/ alone";
  if (target.startsWith("node:")) return room.node ? null : `${room.path} runs anywhere: no Node`;
  return room.packages ? null : `${room.path} has no dependencies`;
}

function roomOf(file: string): Room | undefined {
  return rooms.find(({ path }) => file.startsWith(path));
}

/** A file of the project, rather than a package: `preact/hooks`, `node:fs` and `@scope/name` are none. */
function isFile(target: string): boolean {
  return (
    /\.(tsx?|css|json|[cm]?js)$/.test(target) &&
    /^(shared|shim|daemon|extension|webview|test|examples|scripts)\//.test(target)
  );
}

/** Each cycle once, as `a → b → a`. */
export function cycles(graph: ImportGraph): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      found.push([...path.slice(start), file].join(" → "));
      return;
    }
    if (finished.has(file)) return;
    for (const target of graph.get(file) ?? []) if (graph.has(target)) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

const SQL =
  /["'`\s(](SELECT\s[^"'`]+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|TRIGGER|VIEW)\s|ALTER\s+TABLE\s|PRAGMA\s|VACUUM\b|BEGIN\s+(EXCLUSIVE|IMMEDIATE))/;

/** Lines that hold SQL: upper case anywhere, lower case where a string starts with it. Comments are prose. */
export function sqlLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
    .filter(
      (line) =>
        SQL.test(line) || /["'`](insert into|select [\w*, ]+ from|update \w+ set|delete from) /.test(line),
    )
    .map((line) => line.trim());
}
