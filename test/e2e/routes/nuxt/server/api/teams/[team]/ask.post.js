import { defineEventHandler, readBody } from "h3";
import { answer } from "../../../../answer.mjs";

export default defineEventHandler(async (event) => answer((await readBody(event)).n));
