/** The server's calls. Every failure is an `ApiError` whose message is a plain sentence in the user's language. */

import { readEvents } from "./events.js";
import { language, t } from "./i18n.js";

/** Milliseconds after which we stop waiting. */
const PATIENCE = 30_000;

/**
 * Milliseconds of silence after which we stop waiting for an answer. Most come in well under one second, but a language
 * model may take half a minute, and a proxy may hold everything back until it is done.
 */
const PATIENCE_FOR_ANSWERS = 60_000;

/** The problem type of a server whose index is missing, broken or being made. */
const NOT_READY = "urn:assistant:problem:not-ready";

/**
 * @typedef {object} Citation
 * @property {number} n
 * @property {string} municipality
 * @property {string} document
 * @property {string} title
 * @property {string[]} section
 * @property {number | null} page
 * @property {string} quote
 * @property {number} start  code points from the beginning of the document's text
 * @property {number} end
 * @property {string | null} adopted
 * @property {string | null} valid_to
 *
 * @typedef {object} Answer
 * @property {"answered" | "not_in_policy" | "other_municipality" | "smalltalk"} status
 * @property {string} answer
 * @property {"nb" | "nn" | "en"} language
 * @property {Array<{text: string, citations: number[]}>} statements
 * @property {Citation[]} citations
 * @property {Citation[]} closest
 * @property {string} understood
 * @property {string} answered_by
 * @property {string} conversation_id
 *
 * @typedef {object} Watcher  is told of an answer while it is made
 * @property {(done: {step: "understand" | "retrieve" | "answer" | "verify", ms: number}) => void} status
 * @property {(citation: Citation) => void} citation
 * @property {(statement: {text: string, citations: number[]}) => void} statement  after its citations
 */

export class ApiError extends Error {
  /** @param {string} message a sentence for the user @param {number} status HTTP status; 0 when there was no reply */
  constructor(message, status) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/**
 * The server's reply, when it is not a refusal.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {unknown} [body]  sent as JSON with POST; without it, GET
 */
async function send(path, signal, body) {
  const headers = { Accept: "application/json, text/event-stream", "Accept-Language": language() };
  /** @type {RequestInit} */
  const request = body === undefined
    ? { headers }
    : { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(`/api/v1${path}`, { ...request, signal });
  } catch (error) {
    throw new ApiError(unreachable(error), 0);
  }
  if (response.ok) return response;
  const wait = Number(response.headers.get("Retry-After"));
  throw new ApiError(problem(await response.json().catch(() => null), response.status, wait), response.status);
}

/**
 * @param {string} path
 * @param {unknown} [body]  as for `send`
 * @returns {Promise<any>}
 */
async function call(path, body) {
  const response = await send(path, AbortSignal.timeout(PATIENCE), body);
  const reply = await response.json().catch(() => null);
  if (reply === null && response.status !== 204) throw new ApiError(t("error_unexpected"), response.status);
  return reply;
}

/** @param {unknown} error */
function unreachable(error) {
  if (!navigator.onLine) return t("error_offline");
  return error instanceof DOMException && error.name === "TimeoutError" ? t("error_timeout") : t("error_unreachable");
}

/**
 * A problem report (RFC 9457) as sentences: its `detail`, then the message of each field that was wrong.
 * @param {any} reply
 * @param {number} status
 * @param {number} seconds  to wait, when the server says so
 */
function problem(reply, status, seconds = 0) {
  if (status === 429 && seconds > 0) return t("error_wait", { seconds });
  if (reply?.type === NOT_READY) return t("error_unavailable"); // its detail tells whoever runs the server what to do
  /** @type {Array<{message?: unknown}>} */
  const errors = Array.isArray(reply?.errors) ? reply.errors : [];
  const detail = typeof reply?.detail === "string" ? reply.detail.trim() : "";
  const more = errors.map((one) => one?.message).filter((one) => typeof one === "string" && !detail.includes(one));
  if (detail || more.length) return [detail, ...more].join(" ").trim();
  return t(status === 503 ? "error_unavailable" : "error_unexpected");
}

const part = encodeURIComponent;

/**
 * Asks, and tells what becomes of it on the way.
 * @param {{municipality: string, question: string, history: Array<{role: string, content: string}>, conversation_id?: string}} question
 * @param {Watcher} watcher
 * @returns {Promise<Answer>}
 */
export async function ask(question, watcher) {
  const giveUp = new AbortController();
  let silence = 0;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => giveUp.abort(new DOMException("", "TimeoutError")), PATIENCE_FOR_ANSWERS);
  };
  heard();
  try {
    const { body } = await send("/ask/stream", giveUp.signal, question);
    for await (const { name, data } of readEvents(/** @type {ReadableStream} */ (body), heard)) {
      if (name === "done") return data;
      if (name === "error") throw new ApiError(problem(data, data.status), data.status);
      if (name === "status" || name === "citation" || name === "statement") watcher[name](data);
    }
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError(unreachable(error), 0);
  } finally {
    clearTimeout(silence);
  }
  throw new ApiError(t("error_unreachable"), 0); // it broke off
}

export const fetchMunicipalities = () => call("/municipalities");

/** @param {string} municipality */
export const fetchDocuments = (municipality) => call(`/municipalities/${part(municipality)}/documents`);

/** @param {string} municipality @param {string} name */
export const fetchDocument = (municipality, name) =>
  call(`/municipalities/${part(municipality)}/documents/${part(name)}`);

/** @param {{conversation_id: string, turn: number, verdict: "up" | "down", reason?: string, comment?: string}} feedback */
export const sendFeedback = (feedback) => call("/feedback", feedback);
