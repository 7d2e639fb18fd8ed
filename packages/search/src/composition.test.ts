import { describe, expect, it } from 'vitest'
import { answerSchema, type Reason, type Route } from './answer.ts'
import type { Collection } from './collection.ts'
import { composeAnswer, thumbnailPath } from './composition.ts'
import type { Folded } from './folding.ts'
import type { QuestionInput } from './question.ts'
import { parseQuestion } from './question-text.ts'
import type { Candidate } from './ranking.ts'
import type { RouteResult } from './route-search.ts'

/** A collection without pictures: composing then asks nothing of the store. */
const collection = { tables: {}, encoder: { name: 'toy', digest: 'abc' } } as unknown as Collection
const row = (id: string) => ({
  ...{ id, prompt: `prompt of ${id}`, url: '', width: 512, height: 768, source_site: 'here' },
  ...{ origin: 'dataset' as const, parents: ['p'] },
})
const reason = (changes: Partial<Reason> = {}): Reason => ({
  ...{ route: 'text→prompts', rank: 1, distance: 0.25, score: 4.25, note: 'why' },
  ...changes,
})
const leader = (id: string, copies: string[] = [], reasons = [reason()]): Folded<Candidate> => ({
  row: { ...row(id), reasons },
  copies: copies.map((copy) => ({ ...row(copy), reasons: [reason()] })),
})
const calibrated = { score: 3, falseAcceptRate: 0.05, missRate: 0.123 }
function result(changes: Partial<RouteResult> = {}, terms: unknown[] = [], stale = false): RouteResult {
  const modality = changes.route?.startsWith('picture') ? 'picture' : 'text'
  const cutoff = {
    terms: terms.map((one) => ({ term: { modality }, calibrated: one })),
    applies:
      terms.length > 0 && terms.every((one) => typeof (one as { score: unknown } | undefined)?.score === 'number'),
    stale,
  } as never
  return { route: 'text→prompts', hits: [], nearest: undefined, cutoff, exhausted: true, ...changes }
}
const ask: QuestionInput = { terms: [{ text: 'cat' }] }
async function compose(
  leaders: readonly Folded<Candidate>[],
  { question = ask, results = [result()], warnings = [] as string[] } = {},
) {
  const terms = { vectors: [], ids: [], warnings }
  const answer = await composeAnswer(collection, parseQuestion(question), { leaders, results, terms })
  return answerSchema.omit({ timings: true }).parse(answer)
}

describe('a hit', () => {
  it('shows its row, its place and why it is there', async () => {
    const { hits } = await compose([leader('a', ['b', 'c'])])
    expect(hits).toEqual([
      {
        ...row('a'),
        rank: 1,
        distance: 0.25,
        score: 4.25,
        why: [reason()],
        hasPicture: false,
        thumbnail: null,
        copies: ['b', 'c'],
        copyCount: 2,
      },
    ])
  })

  it('has distance and score of the route that tells most', async () => {
    const reasons = [reason({ score: 1, distance: 0.1 }), reason({ score: 5, distance: 0.7, route: 'picture→prompts' })]
    const { hits } = await compose([leader('a', [], reasons)])
    expect(hits[0]).toMatchObject({ score: 5, distance: 0.7 })
  })

  it('that words alone have found has neither', async () => {
    const words: Reason = { route: 'keywords', rank: 1, note: 'its prompt holds the words' }
    expect((await compose([leader('a', [], [words])])).hits[0]).toMatchObject({ score: null, distance: null })
  })

  it('names fifty of its copies and counts all', async () => {
    const copies = Array.from({ length: 60 }, (_, at) => `copy-${at}`)
    const [hit] = (await compose([leader('a', copies)])).hits
    expect(hit?.copies).toEqual(copies.slice(0, 50))
    expect(hit?.copyCount).toBe(60)
  })
})

describe('a page', () => {
  const leaders = ['a', 'b', 'c', 'd', 'e'].map((id) => leader(id))
  it.each([
    [1, 2, ['a', 'b'], true, '2 prompts, best first.'],
    [2, 2, ['c', 'd'], true, '2 prompts, best first.'],
    [3, 2, ['e'], false, '1 prompt.'],
    [1, 5, ['a', 'b', 'c', 'd', 'e'], false, '5 prompts, best first.'],
    [4, 2, [], false, 'There is no page 4.'],
  ])('%i of %i hits each', async (page, k, ids, more, note) => {
    const answer = await compose(leaders, { question: { ...ask, page, k } })
    expect(answer.hits.map(({ id }) => id)).toEqual(ids)
    expect(answer.hits.map(({ rank }) => rank)).toEqual(ids.map((_, at) => (page - 1) * k + at + 1))
    expect(answer).toMatchObject({ more, page, k, verdict: 'found', closest: null, note })
  })

  it('says how many near-duplicates it does not show', async () => {
    const folded = [leader('a', ['x', 'y']), leader('b', ['z'])]
    expect((await compose(folded)).note).toBe('2 prompts, best first, 3 near-duplicates folded.')
    const pictures = { question: { ...ask, find: 'pictures' as const, k: 1 } }
    expect((await compose(folded, pictures)).note).toBe('1 picture, 2 near-duplicates folded.')
  })
})

describe('the cut-off', () => {
  const cutoff = async (question: QuestionInput, results: RouteResult[]) =>
    (await compose([leader('a')], { question, results })).cutoff

  it('is off as asked', async () => {
    expect(await cutoff({ ...ask, cutoff: false }, [result({}, [calibrated])])).toEqual({
      ...{ state: 'off', score: null, falseAcceptRate: null, missRate: null },
      note: 'Nothing is cut off, as asked.',
    })
  })

  it('is off for phrases alone', async () => {
    expect((await cutoff({ phrases: ['cat'] }, [result()])).note).toBe(
      'Nothing is cut off: whatever holds the phrases is an answer.',
    )
  })

  it('is missing where nothing was calibrated, with what does it', async () => {
    expect(await cutoff(ask, [result({}, [undefined])])).toMatchObject({
      state: 'uncalibrated',
      score: null,
      note: 'Nothing is cut off: this kind of question is not calibrated; "promptloom calibrate" does it.',
    })
  })

  it('is none where the model cannot tell and there are no words', async () => {
    const cannot = result({ route: 'picture→prompts' }, [{ ...calibrated, score: null }])
    expect(await cutoff(ask, [cannot])).toMatchObject({
      state: 'uncalibrated',
      note: 'Nothing is cut off: for this kind of question the model does not tell related rows from unrelated ones.',
    })
  })

  it('is the words where the model cannot tell, with their rates', async () => {
    const words = { falseAcceptRate: 0.02, missRate: 0.04 }
    expect(await cutoff(ask, [result({}, [{ ...calibrated, score: null, words }])])).toEqual({
      ...{ state: 'words', score: null, ...words },
      note: 'Hits hold the words: for this kind of question the model alone does not tell related rows from unrelated ones. With that, 2.0 % of unrelated questions get a hit all the same, 4.0 % of right rows are missed.',
    })
    const older = await cutoff(ask, [result({}, [{ ...calibrated, score: null }])])
    expect(older.note).toMatch(/With that, an unknown share of unrelated questions get a hit/)
  })

  it('is that of the pictures where the model cannot tell which prompts describe them', async () => {
    const prompts = result({ route: 'picture→prompts' }, [{ ...calibrated, score: null }])
    const modality = (one: RouteResult) => ({
      ...one,
      cutoff: {
        ...one.cutoff,
        terms: one.cutoff.terms.map((term) => ({ ...term, term: { ...term.term, modality: 'picture' as const } })),
      },
    })
    const pictures = result({ route: 'picture→pictures' }, [calibrated])
    expect(await cutoff(ask, [modality(prompts), modality(pictures)])).toEqual({
      ...{ state: 'pictures', ...calibrated },
      note: 'By their pictures: the model does not tell which prompts describe a picture, so those of similar pictures are shown. Hits score at least 3.0: with that, 5.0 % of unrelated questions get a hit all the same, 12.3 % of right rows are missed.',
    })
    const old = result({ route: 'picture→pictures' }, [calibrated], true)
    expect((await cutoff(ask, [modality(prompts), modality(old)])).state).toBe('stale')
  })

  it('of one term is a score, with both rates', async () => {
    expect(await cutoff(ask, [result({}, [calibrated])])).toEqual({
      state: 'calibrated',
      ...calibrated,
      note: 'Hits score at least 3.0: with that, 5.0 % of unrelated questions get a hit all the same, 12.3 % of right rows are missed.',
    })
  })

  it('of several terms is no single score', async () => {
    const both = await cutoff(ask, [result({}, [calibrated, { ...calibrated, score: 1 }])])
    expect(both.score).toBeNull()
    expect(both.note).toMatch(/^Hits are similar enough to one of the terms: with that, 5\.0 %/)
  })

  it('that is stale is used, and says so', async () => {
    const stale = await cutoff(ask, [result({}, [calibrated], true)])
    expect(stale.state).toBe('stale')
    expect(stale.note).toMatch(/are missed\. The collection has changed since; calibrate it again\.$/)
  })

  it('is that of the route which has one', async () => {
    expect((await cutoff(ask, [result({}, [undefined]), result({}, [calibrated])])).state).toBe('calibrated')
  })
})

describe('an empty answer', () => {
  const near = (id: string, score: number, route: Route = 'text→prompts') =>
    result({ nearest: { row: row(id), reason: reason({ score, distance: 0.9, route }) } }, [calibrated])

  it('says that nothing meets the filters where no row does', async () => {
    expect(await compose([])).toMatchObject({
      hits: [],
      verdict: 'no_match',
      closest: null,
      note: 'None of the prompts meets the filters.',
    })
  })

  it('names the nearest row, and what it lacks', async () => {
    expect(await compose([], { results: [near('a', 1.26)] })).toMatchObject({
      verdict: 'nothing_similar',
      closest: { id: 'a', prompt: 'prompt of a', score: 1.26, distance: 0.9 },
      note: 'Nothing is similar enough: the nearest of the prompts scores 1.3, and hits score at least 3.0.',
    })
  })

  it('of several routes names the nearest of all', async () => {
    const answer = await compose([], { results: [near('a', 1), near('b', 2, 'picture→prompts')] })
    expect(answer.closest?.id).toBe('b')
  })
})

it('passes on what the terms and the routes warn of', async () => {
  const results = [result(), result({ warning: 'Searched row by row: there is no index.' })]
  const { warnings } = await compose([leader('a')], { results, warnings: ['too long'] })
  expect(warnings).toEqual(['too long', 'Searched row by row: there is no index.'])
})

it('says which model asked, and that it is no stand-in', async () => {
  expect((await compose([])).model).toEqual({ name: 'toy', digest: 'abc', standIn: null })
})

it.each([
  ['plain', '/api/rows/plain/thumbnail'],
  ['a/b?c#d', '/api/rows/a%2Fb%3Fc%23d/thumbnail'],
  ['ü 1', '/api/rows/%C3%BC%201/thumbnail'],
])('the thumbnail of %j is %s', (id, path) => {
  expect(thumbnailPath(id)).toBe(path)
})
