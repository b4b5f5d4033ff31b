/**
 * The model that a request names, as reports and limits have it: the shim stops a call by the same name that the daemon
 * stores it under.
 */

/** The Gemini API writes a model as `models/NAME`, Vertex as `publishers/google/models/NAME`, with its project before it or not. */
export function modelName(model: string | null | undefined): string | null {
  const name = model?.replace(/^(?:projects\/.+\/)?(?:publishers\/[^/]+\/)?models\//, "");
  return name === undefined || name === "" ? null : name;
}

/** Gemini's and Vertex' `/models/NAME:verb`, Bedrock's `/model/NAME/verb`, Azure's `/deployments/NAME/`; of a path without its query. */
export function modelInPath(path: string): string | null {
  const match = /\/models\/([^/:]+):\w+$|\/model\/([^/]+)\/[\w-]+$|\/deployments\/([^/]+)\//.exec(path);
  return match === null ? null : modelInArn(decoded(match[1] ?? match[2] ?? match[3] ?? ""));
}

/** Bedrock takes a model by its ARN as well. Those of a user's own inference profiles do not say which model it is. */
function modelInArn(name: string): string {
  return /^arn:[\w-]+:bedrock:[^/]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(name)?.[1] ?? name;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
