import type { Page } from "playwright-core";
import { type WebpPicture, webpPicture } from "./webpPicture.ts";

export interface Frame {
  /** As `page.screenshot()` returns it; all frames are of one size. */
  png: Buffer;
  shownMs: number;
}

const ANIMATION_FLAG = 0x02;
const CHUNK_HEADER_BYTES = 8;

/**
 * An animated WebP that runs for ever, put together as Google's "WebP Container Specification" has it. The frames are
 * compressed by the browser that `page` is in; `quality` is 0 to 1.
 */
export async function animatedWebp(frames: readonly Frame[], page: Page, quality: number): Promise<Buffer> {
  const pictures: (WebpPicture & { shownMs: number })[] = [];
  for (const { png, shownMs } of frames) {
    pictures.push({ ...(await webpPicture(png, page, quality)), shownMs });
  }
  const [first] = pictures;
  if (first === undefined) throw new Error("an animation needs a frame");
  const { width, height } = first;
  const header = chunk("VP8X", [uint(ANIMATION_FLAG, 4), uint(width - 1, 3), uint(height - 1, 3)]);
  const endless = chunk("ANIM", [uint(0, 4), uint(0, 2)]);
  const moving = pictures.map(({ bytes, shownMs }) =>
    chunk("ANMF", [
      uint(0, 3),
      uint(0, 3),
      uint(width - 1, 3),
      uint(height - 1, 3),
      uint(shownMs, 3),
      uint(0, 1),
      imageData(bytes),
    ]),
  );
  const content = Buffer.concat([Buffer.from("WEBP"), header, endless, ...moving]);
  return Buffer.concat([Buffer.from("RIFF"), uint(content.length, 4), content]);
}

/** The chunk of a file that holds its picture, whole. */
function imageData(file: Buffer): Buffer {
  for (let at = 12; at + CHUNK_HEADER_BYTES <= file.length; ) {
    const length = file.readUInt32LE(at + 4);
    const end = at + CHUNK_HEADER_BYTES + length + (length % 2);
    if (file.toString("latin1", at, at + 4) === "VP8 ") return file.subarray(at, end);
    at = end;
  }
  throw new Error("the browser made no WebP with a picture in it");
}

function chunk(name: string, parts: readonly Buffer[]): Buffer {
  const data = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(name), uint(data.length, 4), data, Buffer.alloc(data.length % 2)]);
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}
