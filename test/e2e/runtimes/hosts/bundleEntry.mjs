// What is bundled: imports that a bundler can follow.
import OpenAI from "openai";
import { makeCalls } from "./calls.cjs";

makeCalls(OpenAI, "bundle");
