import type { Page } from "playwright-core";

export interface WebpPicture {
  /** A whole file. */
  bytes: Buffer;
  width: number;
  height: number;
}

interface Compressed {
  base64: string;
  width: number;
  height: number;
}

/** A PNG as WebP, compressed by the browser that `page` is in: best a blank one, as others may forbid it. `quality` is 0 to 1. */
export async function webpPicture(png: Buffer, page: Page, quality: number): Promise<WebpPicture> {
  const { base64, width, height } = await page.evaluate<Compressed>(
    compress(png.toString("base64"), quality),
  );
  return { bytes: Buffer.from(base64, "base64"), width, height };
}

/** Runs in the page; as text, since only there is a document. */
function compress(base64: string, quality: number): string {
  return `(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${base64}";
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d", { alpha: false }).drawImage(image, 0, 0);
    const url = canvas.toDataURL("image/webp", ${quality});
    return { base64: url.slice(url.indexOf(",") + 1), width: image.width, height: image.height };
  })()`;
}
