/** Server-sent events out of a reply that is still coming (`EventSource` can only GET). */

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} heard  called whenever anything comes, also what is only there to keep the connection open
 * @returns {AsyncGenerator<{name: string, data: any}>}
 */
export async function* readEvents(body, heard) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const blocks = (text + value).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => /** @type {[string, string]} */ (split(line))));
      const name = fields.get("event");
      if (name) yield { name, data: JSON.parse(fields.get("data") ?? "null") };
    }
  }
}

/** "event: done" → ["event", "done"]; a comment has no name. @param {string} line */
function split(line) {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}
