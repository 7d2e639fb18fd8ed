/**
 * Milliseconds that a `Retry-After` header asks to wait, from now; never negative. Knows both forms of RFC 9110
 * §10.2.3: seconds, and an HTTP date (in any of the three ways of §5.6.7). Undefined when the header is absent or says nothing sensible.
 *
 * @param now milliseconds since the epoch.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const value = header?.trim()
  if (value === undefined || value === '') return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // Date.parse takes almost anything ("-5", "soon 2"); an HTTP date begins with the day of the week.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return undefined
  // The form of asctime names no zone, and means GMT like the others.
  const date = Date.parse(/\d{4}$/.test(value) ? `${value} GMT` : value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
