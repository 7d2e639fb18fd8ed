/** Words that say nothing about what a picture shows. */
const STOP_WORDS = new Set(
  'a above across after along among an and are around as at be before behind below beside between but by for from front has have her his in inside into is it its near next no not of off on one or our out outside over she he so some than that the their them then there these they this those to too two under up very was were which while who will with within without you your'.split(
    ' ',
  ),
)

/** A pair of words says more than either: "comic book" is better than "comic". */
const PAIR = 1.3

/** Prompts of a cluster that its words are counted in. */
const READ = 5_000
/** Of a cluster's prompts, the share that must hold a word for it to be the cluster's. */
const LEAST_SHARE = 0.02

/** Times by which a cluster must say a word more often than all do for it to be the cluster's. */
const LEAST_LIFT = 1.25

/**
 * Words and pairs of words by which the prompts of each cluster differ from all others: those with the largest part in
 * the Kullback–Leibler divergence of the cluster from the whole, each word counted once a prompt. (Class-based TF-IDF,
 * as BERTopic has it, ranks words high that every cluster says.)
 * @param prompts of all points
 * @param clusters of each point, as places in the list that is returned
 */
export function clusterWords(
  prompts: readonly string[],
  clusters: ArrayLike<number>,
  { count, words = 4 }: { readonly count: number; readonly words?: number },
): string[][] {
  const counts = Array.from({ length: count }, () => new Map<string, number>())
  const read = new Array<number>(count).fill(0)
  const total = new Map<string, number>()
  prompts.forEach((prompt, at) => {
    const cluster = clusters[at] as number
    if ((read[cluster] as number) >= READ) return
    read[cluster] = (read[cluster] as number) + 1
    for (const term of termsOf(prompt)) {
      add(counts[cluster] as Map<string, number>, term)
      add(total, term)
    }
  })
  const all = read.reduce((sum, one) => sum + one, 0)
  return counts.map((own, cluster) => {
    const prompts = read[cluster] as number
    const scored = [...own]
      .filter(([, times]) => times >= Math.max(2, prompts * LEAST_SHARE) || prompts < 10)
      .map(([term, times]) => ({
        term,
        share: times / prompts,
        lift: (times / prompts) * (all / (total.get(term) ?? 1)),
      }))
      // A single cluster differs from nothing: its words are what it says most.
      .filter(({ lift }) => count === 1 || lift >= LEAST_LIFT)
      .map(({ term, share, lift }) => {
        const score = count === 1 ? share : share * Math.log(lift)
        return { term, score: term.includes(' ') ? score * PAIR : score }
      })
      .sort((a, b) => b.score - a.score || b.term.length - a.term.length || (a.term < b.term ? -1 : 1))
    return distinct(
      scored.map(({ term }) => term),
      words,
    )
  })
}

/** Each word and pair of neighbouring words of a prompt, once. */
function termsOf(prompt: string): Set<string> {
  const terms = new Set<string>()
  // Pairs do not reach over commas: prompts are lists of phrases.
  for (const phrase of prompt.toLowerCase().split(/[,.;:()[\]{}|]/)) {
    let before: string | undefined
    for (const word of phrase.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []) {
      const telling = word.length > 2 && word.length < 40 && !STOP_WORDS.has(word) && !/^\d+$/.test(word)
      if (telling) terms.add(word)
      if (telling && before) terms.add(`${before} ${word}`)
      before = telling ? word : undefined
    }
  }
  return terms
}

/** The first terms of which none says another again. */
function distinct(terms: readonly string[], most: number): string[] {
  const chosen: string[] = []
  for (const term of terms) {
    if (chosen.length === most) break
    const words = term.split(' ')
    if (chosen.some((other) => other.split(' ').some((word) => words.includes(word)))) continue
    chosen.push(term)
  }
  return chosen
}

function add(counts: Map<string, number>, term: string): void {
  counts.set(term, (counts.get(term) ?? 0) + 1)
}
