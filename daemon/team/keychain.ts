import { spawn } from "node:child_process";

/** The system's keychain, by the system's own tools. A secret goes through their standard input, never their arguments. */
export interface Keychain {
  /** `false`: there is none here, or it is locked. */
  put(account: string, secret: string): Promise<boolean>;
  get(account: string): Promise<string | null>;
  remove(account: string): Promise<void>;
}

const SERVICE = "taximeter-team";
/** A locked keychain asks its user; nobody may be there. */
const TIMEOUT_MS = 10_000;

/** The keychain of a platform: macOS' `security`, `secret-tool` of the Secret Service elsewhere; none on Windows. */
export function systemKeychain(platform: NodeJS.Platform): Keychain {
  switch (platform) {
    case "darwin":
      return macKeychain;
    case "win32":
      return noKeychain;
    default:
      return secretService;
  }
}

const noKeychain: Keychain = { put: async () => false, get: async () => null, remove: async () => {} };

const secretService: Keychain = {
  async put(account, secret) {
    const args = ["store", "--label=Taximeter: the team's database", "service", SERVICE, "account", account];
    return (await run("secret-tool", args, secret)) !== null;
  },
  async get(account) {
    return (await run("secret-tool", ["lookup", "service", SERVICE, "account", account], "")) || null;
  },
  async remove(account) {
    await run("secret-tool", ["clear", "service", SERVICE, "account", account], "");
  },
};

/** `security -i` reads commands, so that the secret is not among the arguments that other users can list. */
const macKeychain: Keychain = {
  async put(account, secret) {
    if (!isPlain(account) || !isPlain(secret)) return false;
    const command = `add-generic-password -U -s "${SERVICE}" -a "${account}" -w "${secret}"\n`;
    if ((await run("security", ["-i"], command)) === null) return false;
    return (await macKeychain.get(account)) === secret;
  },
  async get(account) {
    const args = ["find-generic-password", "-s", SERVICE, "-a", account, "-w"];
    return (await run("security", args, ""))?.trim() || null;
  },
  async remove(account) {
    await run("security", ["delete-generic-password", "-s", SERVICE, "-a", account], "");
  },
};

/** Tokens and addresses are; what is not could end the quotes around it. */
function isPlain(text: string): boolean {
  return /^[\w.:/?&=%+~-]+$/.test(text);
}

/** Standard output, or `null` where the tool is not there, refuses or does not end. */
function run(tool: string, args: readonly string[], input: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(tool, args, { stdio: ["pipe", "pipe", "ignore"], timeout: TIMEOUT_MS });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stdin.on("error", () => {});
    child.on("error", () => resolve(null));
    child.on("close", (code) => resolve(code === 0 ? out : null));
    child.stdin.end(input);
  });
}
