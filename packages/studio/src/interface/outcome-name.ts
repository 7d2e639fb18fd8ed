/** An outcome for people: `http_404` is said `HTTP 404`. */
export function outcomeName(outcome: string): string {
  return outcome.replaceAll('_', ' ').replace(/\b(?:http|id|llm|url)\b/g, (short) => short.toUpperCase())
}
