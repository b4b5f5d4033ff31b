/**
 * Makes the VSIX. The manifest at the root serves the npm package too, so the extension is staged in a folder of its own
 * with only what VS Code needs, and packaged from there.
 */
import { access, cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { runOrFail } from "./commands.mjs";
import { installNatives, ownTarget, targetRefusal } from "./natives.mjs";
import { projectDirectory, readManifest } from "./project.mjs";
import { toolingBinDirectory, toolingEnvironment } from "./provision.mjs";

/** Fields of the manifest that speak to npm or to those who develop Taximeter. */
const npmFields = [
  "type",
  "scripts",
  "dependencies",
  "devDependencies",
  "workspaces",
  "overrides",
  "bin",
  "exports",
  "types",
  "files",
];

/** Shown without the files around them: see `publicPage`. */
const pages = ["README.md", "CHANGELOG.md"];

/** Not for those who only use it: maps, and the types of the npm package. */
const DEVELOPMENT_FILE = /(\.map|[\\/]dist[\\/]types)$/;

/**
 * Packages what `npm run build` left in `dist/` for a target (VS Code's name of a platform; by default this machine's).
 * Returns the path of the VSIX, its size in bytes, and the files in it by falling size.
 */
export async function packageExtension({ target = ownTarget() } = {}) {
  const refusal = targetRefusal(target);
  if (refusal !== null) throw new Error(refusal);
  const manifest = await readManifest();
  const stage = await stageExtension(target, manifest);
  const vsix = join(projectDirectory, `${manifest.name}-${target}-${manifest.version}.vsix`);
  await rm(vsix, { force: true });
  const args = ["package", "--no-dependencies", "--target", target, "--out", vsix];
  await runOrFail(join(toolingBinDirectory(), "vsce"), [...args, "--allow-missing-repository"], {
    label: "vsce package",
    timeoutMs: 180_000,
    logFile: join(projectDirectory, "build", `vsce-${target}.log`),
    env: toolingEnvironment(),
    cwd: stage,
  });
  return { vsix, bytes: (await stat(vsix)).size, files: await filesBySize(stage) };
}

/** Lays the extension out in `build/extension-<target>/`, as it will be in the VSIX. */
export async function stageExtension(target, manifest) {
  const stage = join(projectDirectory, "build", `extension-${target}`);
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });

  const kept = Object.entries(manifest).filter(([name]) => !npmFields.includes(name));
  await writeFile(join(stage, "package.json"), `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);

  const dist = join(projectDirectory, "dist");
  await cp(dist, join(stage, "dist"), {
    recursive: true,
    filter: (file) => !DEVELOPMENT_FILE.test(file) && !file.startsWith(join(dist, "node_modules")),
  });
  await installNatives(target, join(stage, "dist", "node_modules"));

  for (const page of pages) {
    const text = await readFile(join(projectDirectory, page), "utf8");
    await writeFile(join(stage, page), publicPage(text, manifest));
  }

  const needed = ["LICENSE", ...(await translations(manifest))];
  const named = filesNamedIn(kept);
  for (const path of new Set([...needed, ...named])) {
    if (path.startsWith("dist/")) continue;
    if (!(await exists(join(projectDirectory, path)))) {
      // A name in the manifest may be a pattern for files of the user's; vsce knows which of them it needs.
      if (needed.includes(path)) throw new Error(`The package lacks ${path}`);
      continue;
    }
    await cp(join(projectDirectory, path), join(stage, path), { recursive: true });
  }
  return stage;
}

/**
 * VS Code and the Marketplace show an extension's README without the files around it. Where the manifest names a public
 * repository, vsce leads its pictures and links there. Without one, pictures are left out and of links the words stay:
 * pictures within the text are taken out by VS Code, which shows what comes over HTTPS and nothing else.
 */
export function publicPage(markdown, { repository }) {
  if (repository !== undefined) return markdown;
  const relativePath = "(?![a-z]+:|#)[^)\\s]+";
  return markdown
    .replace(new RegExp(`!\\[[^\\]]*\\]\\(${relativePath}\\)`, "g"), "")
    .replace(/<img[^>]+src="(?![a-z]+:)[^"]+"[^>]*>/g, "")
    .replace(new RegExp(`\\[([^\\]]*)\\]\\(${relativePath}\\)`, "g"), "$1");
}

/** Files that the manifest itself names: icon, walkthrough pages, grammars. */
function filesNamedIn(value) {
  if (typeof value === "string") {
    return /^(\.\/)?[\w./-]+\.(png|svg|md|json|woff2?|ttf)$/.test(value) ? [normalised(value)] : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(filesNamedIn) : [];
}

/** Strings of the manifest and of the extension in other languages. */
async function translations(manifest) {
  const names = (await readdir(projectDirectory)).filter((name) => /^package\.nls(\..+)?\.json$/.test(name));
  // VS Code looks for a walkthrough's page in another language beside it.
  const pages = (await readdir(join(projectDirectory, "media", "walkthrough")))
    .filter((name) => /\.nls\..+\.md$/.test(name))
    .map((name) => `media/walkthrough/${name}`);
  return [...names, ...pages, ...(manifest.l10n === undefined ? [] : [normalised(manifest.l10n)])];
}

const normalised = (path) => path.replace(/^\.\//, "");

async function filesBySize(folder) {
  const files = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ path: relative(folder, path), bytes: (await stat(path)).size });
  }
  return files.sort((a, b) => b.bytes - a.bytes);
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
