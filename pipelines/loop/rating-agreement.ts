import { bootstrap, type Estimated } from '../measurement/bootstrap.ts'

/** How far a score agrees with what the user thinks of rows. */
export interface RatingAgreement {
  /** Share of pairs with different ratings of which the score puts the better one first; a tie counts half. 0.5 is chance. */
  readonly agreement: Estimated
  /** Pairs of rows with different ratings. */
  readonly pairs: number
  /** Whether ranking by the score is worth it, on these ratings. */
  readonly verdict: 'helps' | 'harms' | 'unproven' | 'too_few'
  /** The same in a sentence. */
  readonly note: string
}

/** A row with what is thought of it and its score. */
export interface Rated {
  readonly rating: number
  readonly score: number
}

/** With fewer rows or pairs nothing is said: an interval of so few is as good as none. */
const LEAST = { rows: 20, pairs: 50 }
/** Most rows that are looked at: pairs grow with their square. */
const MOST_ROWS = 400

/** Compares ratings with scores, pair by pair; the interval is by the bootstrap over rows. */
export function ratingAgreement(rated: readonly Rated[]): RatingAgreement {
  const rows = rated.slice(-MOST_ROWS)
  const pairs = pairsOf(rows)
  if (rows.length < LEAST.rows || pairs.length < LEAST.pairs) {
    const none = { value: Number.NaN, low: Number.NaN, high: Number.NaN, n: rows.length }
    const note = `Too few ratings to tell: ${rows.length} rated rows with a picture make ${pairs.length} pairs with different ratings; at least ${LEAST.rows} rows and ${LEAST.pairs} pairs are needed. Rate more with "promptloom rate".`
    return { agreement: none, pairs: pairs.length, verdict: 'too_few', note }
  }
  const agreement = bootstrap(rows.length, (drawn) => share(pairs, drawn), 'rating agreement')
  const verdict = agreement.low > 0.5 ? 'helps' : agreement.high < 0.5 ? 'harms' : 'unproven'
  return { agreement, pairs: pairs.length, verdict, note: NOTES[verdict] }
}

const NOTES = {
  helps: 'On your ratings the CLIP score tells better from worse more often than chance: --clip-score-weight may help.',
  harms: 'On your ratings the CLIP score puts the worse first more often than chance: leave --clip-score-weight off.',
  unproven: 'On your ratings the CLIP score is not told from chance: leave --clip-score-weight off.',
} as const

interface Pair {
  readonly a: number
  readonly b: number
  /** 1 where the score agrees, 0 where it does not, 0.5 for a tie. */
  readonly agrees: number
}

function pairsOf(rows: readonly Rated[]): Pair[] {
  const pairs: Pair[] = []
  for (const [a, first] of rows.entries()) {
    for (let b = a + 1; b < rows.length; b++) {
      const second = rows[b] as Rated
      const better = Math.sign(first.rating - second.rating)
      if (better !== 0) pairs.push({ a, b, agrees: (1 + better * Math.sign(first.score - second.score)) / 2 })
    }
  }
  return pairs
}

function share(pairs: readonly Pair[], drawn: Uint32Array): number {
  let [agreed, all] = [0, 0]
  for (const { a, b, agrees } of pairs) {
    const times = (drawn[a] as number) * (drawn[b] as number)
    agreed += times * agrees
    all += times
  }
  return all === 0 ? Number.NaN : agreed / all
}
