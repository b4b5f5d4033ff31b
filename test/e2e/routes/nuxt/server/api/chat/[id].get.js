import { defineEventHandler, getQuery } from "h3";
import { answer } from "../../../answer.mjs";

export default defineEventHandler((event) => answer(Number(getQuery(event).n)));
