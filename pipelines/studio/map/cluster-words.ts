/** Words that say nothing about what a picture shows. */
const STOP_WORDS = new Set(
  'a an and are as at be but by for from has have her his in into is it its no not of off on one or our out over she he so some than that the their them then there these they this those to too two under up very was were which while who will with without you your'.split(
    ' ',
  ),
)

/** Prompts of a cluster that its words are counted in. */
const READ = 5_000
/** Of a cluster's prompts, the share that must hold a word for it to be the cluster's. */
const LEAST_SHARE = 0.02

/**
 * Words and pairs of words that the prompts of each cluster say more often than those of the others: class-based
 * TF-IDF (Grootendorst, BERTopic, 2022), with each word counted once a prompt.
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
  const average = [...total.values()].reduce((sum, times) => sum + times, 0) / Math.max(1, count)
  return counts.map((own, cluster) => {
    const prompts = Math.max(1, read[cluster] as number)
    const scored = [...own]
      .filter(([, times]) => times >= Math.max(2, prompts * LEAST_SHARE) || prompts < 10)
      .map(([term, times]) => ({
        term,
        score: (times / prompts) * Math.log(1 + average / (total.get(term) as number)) * (term.includes(' ') ? 1.2 : 1),
      }))
      .sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1))
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
