import { describe, expect, it } from 'vitest'
import { clusterWords } from './cluster-words.ts'

const words = (clusters: readonly (readonly string[])[], most = 3) => {
  const prompts = clusters.flat()
  const of = clusters.flatMap((list, at) => list.map(() => at))
  return clusterWords(prompts, of, { count: clusters.length, words: most })
}
const times = (count: number, prompt: (at: number) => string) => Array.from({ length: count }, (_, at) => prompt(at))

describe('words of clusters', () => {
  it('are what the others do not say, and not what all say', () => {
    const [cats, ships] = words([
      times(20, (at) => `a tabby cat ${at}, highly detailed`),
      times(20, (at) => `a sailing ship ${at}, highly detailed`),
    ])
    expect(cats?.[0]).toBe('tabby cat')
    expect(ships?.[0]).toBe('sailing ship')
    expect([...(cats ?? []), ...(ships ?? [])].join(' ')).not.toMatch(/detailed|highly/)
  })

  it('are never said twice, and pairs do not reach over commas', () => {
    const [first] = words([times(10, () => 'oil painting, castle'), times(10, () => 'photograph')], 4)
    expect(first).toEqual(['oil painting', 'castle'])
  })

  it('leave out numbers, filler and words that hardly anybody says', () => {
    const [first] = words([[...times(99, () => 'the 1920 of robot'), 'a unicorn in robot'], times(100, () => 'tree')])
    expect(first).toEqual(['robot'])
  })

  it('are of any script, and markup is only words', () => {
    const [first] = words([times(10, () => 'кошка <script>alert(1)</script>'), times(10, () => 'tree')], 5)
    expect(first).toContain('кошка')
    expect(first?.join(' ')).not.toMatch(/[<>()]/)
  })

  it('of a single cluster are what it says most', () => {
    expect(words([[...times(9, () => 'a fox'), 'a hen']])).toEqual([['fox']])
  })

  it('of a cluster without words are none', () => {
    expect(words([['!!!'], ['tree']])).toEqual([[], ['tree']])
  })
})
