/** What the shim needs: its settings, the state's folder, the home directory's name, the daemon. */
const needed = ["env", "read", "write", "sys", "net"] as const;

/**
 * Whether the runtime lets the shim do its work without asking anybody. Deno asks its user, in the terminal, before it does
 * what was not granted: there the shim is still unless all that it needs was.
 */
export function isPermitted(): boolean {
  const deno: unknown = Reflect.get(globalThis, "Deno");
  if (!hasPermissions(deno)) return true;
  const { permissions } = deno;
  return needed.every((name) => permissions.querySync({ name }).state === "granted");
}

interface Permissions {
  querySync(descriptor: { name: (typeof needed)[number] }): { state: string };
}

function hasPermissions(deno: unknown): deno is { permissions: Permissions } {
  return typeof deno === "object" && deno !== null && "permissions" in deno;
}
