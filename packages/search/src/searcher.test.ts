import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerSchema } from './answer.ts'
import { calibrate } from './calibration/calibrate.ts'
import { type ToyCollection, type ToyRow, toyCollection, toyEncoder, toyPicture } from './collection.double.ts'
import { openCollection } from './collection.ts'
import type { QuestionInput } from './question.ts'
import { Searcher } from './searcher.ts'

const SUBJECTS = ['cat', 'dog', 'castle', 'robot', 'forest', 'ship', 'dragon', 'knight', 'teapot', 'whale']
const PLACES = ['sofa', 'moon', 'harbour', 'meadow', 'library', 'volcano', 'desert', 'kitchen', 'glacier', 'bridge']
const STYLES = ['watercolor', 'engraving', 'polygonal']

/** Every subject at every place in every style: 300 rows, three in ten without a picture. */
const grid: ToyRow[] = SUBJECTS.flatMap((subject, s) =>
  PLACES.flatMap((place, p) =>
    STYLES.map((style, y) => ({
      id: `${subject}-${place}-${style}`,
      prompt: `${subject} near ${place}, ${style}`,
      width: y === 0 ? 768 : 512,
      height: y === 1 ? 768 : 512,
      // One row in a hundred.
      source_site: s === 3 && p < 3 && y === 2 ? 'rare' : 'common',
      ...((s + p + y) % 10 < 7 ? { shows: `${subject} ${place} ${style}` } : {}),
    })),
  ),
)
const extra: ToyRow[] = [
  { id: 'copy-1', prompt: 'Castle near Moon, WATERCOLOR!!', origin: 'refined' },
  { id: 'copy-2', prompt: '(castle:1.2) near moon, watercolor' },
  { id: 'artist', prompt: 'castle near moon, watercolor, by Zdzislaw Beksinski' },
  { id: "'; DROP TABLE prompt_text; --", prompt: 'lighthouse', shows: 'lighthouse' },
]

let toy: ToyCollection
let searcher: Searcher
beforeAll(async () => {
  toy = await toyCollection([...grid, ...extra])
  searcher = new Searcher(toy.collection)
})
afterAll(async () => {
  await toy[Symbol.asyncDispose]()
})

const ids = ({ hits }: { hits: readonly { id: string }[] }) => hits.map(({ id }) => id)
const ask = (question: QuestionInput, uploads?: Map<string, Uint8Array>) =>
  searcher.ask(question, uploads ? { uploads } : {})

describe('the four questions', () => {
  it('finds prompts by words, best first, each with distance, score and reason', async () => {
    const answer = await ask({ terms: [{ text: 'dragon near volcano, engraving' }], k: 5 })
    expect(() => answerSchema.parse(answer)).not.toThrow()
    expect(answer.hits[0]).toMatchObject({ id: 'dragon-volcano-engraving', rank: 1, width: 512, height: 768 })
    expect(answer.hits[0]?.distance).toBeCloseTo(0, 4)
    const distances = answer.hits.map(({ distance }) => distance as number)
    expect(distances).toEqual([...distances].sort((a, b) => a - b))
    expect(answer.hits[0]?.why[0]).toMatchObject({ route: 'text→prompts', rank: 1 })
    expect(answer.hits[0]?.why[0]?.note).toMatch(/deviations above random rows/)
    expect(answer.model).toEqual({ name: 'toy', digest: 'toy-model', standIn: 'a real model' })
  })

  it('finds pictures by words, only rows that have one', async () => {
    const answer = await ask({ find: 'pictures', terms: [{ text: 'robot sofa' }], k: 20 })
    expect(answer.hits[0]?.id).toMatch(/^robot-sofa-/)
    expect(answer.hits.every(({ hasPicture, thumbnail }) => hasPicture && thumbnail?.startsWith('/api/rows/'))).toBe(
      true,
    )
    expect(answer.hits[0]?.why[0]?.route).toBe('text→pictures')
  })

  it('finds the prompts that could have made a picture, by both routes', async () => {
    const uploads = new Map([['p', toyPicture('whale moon polygonal')]])
    const { hits } = await ask({ terms: [{ upload: 'p' }], k: 3 }, uploads)
    expect(hits[0]?.id).toBe('whale-moon-polygonal')
    const routes = hits[0]?.why.map(({ route }) => route)
    expect(routes).toEqual(['picture→prompts', 'picture→pictures'])
  })

  it('finds pictures like a picture', async () => {
    const uploads = new Map([['p', toyPicture('cat sofa watercolor')]])
    const { hits } = await ask({ find: 'pictures', terms: [{ upload: 'p' }], k: 3 }, uploads)
    expect(hits[0]).toMatchObject({ id: 'cat-sofa-watercolor' })
    expect(hits[0]?.distance).toBeCloseTo(0, 4)
  })

  it('takes a row by its id and does not answer with the row itself', async () => {
    const like = await ask({ find: 'pictures', terms: [{ id: 'cat-sofa-watercolor' }], k: 5 })
    expect(ids(like)).not.toContain('cat-sofa-watercolor')
    expect(like.hits[0]?.id).toMatch(/^cat-|-sofa-/)
    const made = await ask({ terms: [{ id: 'cat-sofa-watercolor', use: 'picture' }], k: 5 })
    expect(ids(made)[0]).toBe('cat-sofa-watercolor')
    const unpictured = grid.find(({ shows }) => !shows) as ToyRow
    await expect(ask({ terms: [{ id: unpictured.id, use: 'picture' }] })).rejects.toThrow(/no picture of a row/)
    expect((await ask({ terms: [{ id: unpictured.id }], k: 1 })).hits).toHaveLength(1)
  })
})

describe('combined questions', () => {
  it('moves away from what has a negative weight', async () => {
    const plain = ids(await ask({ terms: [{ text: 'castle' }], k: 30 }))
    const without = ids(await ask({ terms: [{ text: 'castle' }, { text: 'watercolor', weight: -0.8 }], k: 10 }))
    expect(plain.some((id) => id.endsWith('-watercolor'))).toBe(true)
    expect(without.filter((id) => id.includes('-watercolor'))).toEqual([])
  })

  it('weighs words and pictures alike although their scores spread differently', async () => {
    const uploads = new Map([['p', toyPicture('volcano')]])
    const { hits } = await ask({ find: 'pictures', terms: [{ text: 'knight' }, { upload: 'p' }], k: 2 }, uploads)
    expect(hits.every(({ id }) => id.startsWith('knight-volcano-'))).toBe(true)
    expect(hits[0]?.why[0]?.route).toBe('mixed→pictures')
  })

  it('refuses terms that cancel each other out', async () => {
    const terms = [{ text: 'castle' }, { text: 'castle', weight: -1 }]
    await expect(ask({ terms })).rejects.toThrow(/cancel each other out/)
  })
})

describe('words as they are written', () => {
  it('hybrid brings up a name that stands nowhere else', async () => {
    const answer = await ask({ terms: [{ text: 'zdzislaw beksinski' }], hybrid: true, k: 3 })
    expect(answer.hits[0]?.id).toBe('artist')
    expect(answer.hits[0]?.why.map(({ route }) => route)).toContain('keywords')
    expect(answer.hits[0]?.why.find(({ route }) => route === 'keywords')?.note).toMatch(/2 of the 2 words/)
  })

  it('phrases must occur, and are a question by themselves', async () => {
    const answer = await ask({ phrases: ['ship NEAR moon'], k: 10 })
    expect(ids(answer).sort()).toEqual(STYLES.map((style) => `ship-moon-${style}`).sort())
    expect(answer.cutoff.state).toBe('off')
    const none = await ask({ phrases: ['no such phrase'] })
    expect(none).toMatchObject({ verdict: 'no_match', hits: [], closest: null })
  })

  it('hybrid with words of signs alone is a vector search', async () => {
    const answer = await ask({ terms: [{ text: '?!' }], hybrid: true, k: 2 })
    expect(answer.hits.every(({ why }) => why.every(({ route }) => route === 'text→prompts'))).toBe(true)
  })
})

describe('filters', () => {
  it('that match one row in a hundred still return all of them', async () => {
    for (const find of ['prompts', 'pictures'] as const) {
      const question = { find, terms: [{ text: 'teapot kitchen' }], filters: { sources: ['rare'] }, k: 3 }
      const { hits } = await ask(question)
      const there = grid.filter(({ source_site, shows }) => source_site === 'rare' && (find === 'prompts' || shows))
      expect(hits).toHaveLength(there.length)
      expect(hits.every(({ source_site }) => source_site === 'rare')).toBe(true)
    }
  })

  it('by size and orientation', async () => {
    const wide = await ask({ terms: [{ text: 'cat' }], filters: { orientation: 'landscape', minWidth: 600 }, k: 50 })
    expect(wide.hits.length).toBe(50)
    expect(wide.hits.every(({ width, height }) => width > height)).toBe(true)
    const small = await ask({ terms: [{ text: 'cat' }], filters: { orientation: 'square', maxHeight: 512 }, k: 50 })
    expect(small.hits.every(({ width, height }) => width === 512 && height === 512)).toBe(true)
  })

  it('by origin, run and date', async () => {
    expect(ids(await ask({ terms: [{ text: 'cat' }], filters: { origins: ['refined'] } }))).toEqual(['copy-1'])
    expect((await ask({ terms: [{ text: 'cat' }], filters: { runs: ['toy-run'] }, k: 5 })).hits).toHaveLength(5)
    expect((await ask({ terms: [{ text: 'cat' }], filters: { runs: ['other'] } })).verdict).toBe('no_match')
    expect((await ask({ terms: [{ text: 'cat' }], filters: { since: '2020-01-01' } })).verdict).toBe('found')
    expect((await ask({ terms: [{ text: 'cat' }], filters: { until: '2020-01-01' } })).verdict).toBe('no_match')
  })

  it('by whether there is a picture', async () => {
    const pictured = new Set([...grid, ...extra].filter(({ shows }) => shows).map(({ id }) => id))
    for (const hasPicture of [true, false]) {
      const { hits } = await ask({ terms: [{ text: 'cat sofa' }], filters: { hasPicture }, k: 40 })
      expect(hits).toHaveLength(40)
      expect(hits.every(({ id }) => pictured.has(id) === hasPicture)).toBe(true)
    }
  })

  it('by rating only where ratings are kept', async () => {
    await expect(ask({ terms: [{ text: 'cat' }], filters: { minRating: 4 } })).rejects.toThrow(/keeps no ratings/)
    const rated = await openCollection({ ...toy.collection, ratedAtLeast: async () => ['cat-moon-engraving'] })
    const answer = await new Searcher(rated).ask({ terms: [{ text: 'cat' }], filters: { minRating: 4 } })
    expect(ids(answer)).toEqual(['cat-moon-engraving'])
  })
})

describe('folding and paging', () => {
  it('shows near-duplicates once, with their count and ids', async () => {
    const { hits } = await ask({ terms: [{ text: 'castle near moon, watercolor' }], k: 5 })
    const leader = hits[0]
    expect(leader?.copyCount).toBe(2)
    const all = [leader?.id, ...(leader?.copies ?? [])].sort()
    expect(all).toEqual(['castle-moon-watercolor', 'copy-1', 'copy-2'])
    const unfolded = await ask({ terms: [{ text: 'castle near moon, watercolor' }], k: 5, fold: false })
    expect(ids(unfolded).slice(0, 3).sort()).toEqual(all)
  })

  it('pages show every row once, in one order, up to the last', async () => {
    const question = { terms: [{ text: 'castle near moon, watercolor' }], k: 40 }
    const pages = []
    for (let page = 1; ; page++) {
      const answer = await ask({ ...question, page })
      pages.push(answer)
      if (!answer.more) break
    }
    const shown = pages.flatMap(({ hits }) => hits.flatMap(({ id, copies }) => [id, ...copies]))
    expect(new Set(shown).size).toBe(shown.length)
    expect(shown).toHaveLength(grid.length + extra.length)
    const ranks = pages.flatMap(({ hits }) => hits.map(({ rank }) => rank))
    expect(ranks).toEqual(ranks.map((_, at) => at + 1))
    const beyond = await ask({ ...question, page: pages.length + 1 })
    expect(beyond).toMatchObject({ hits: [], more: false, note: `There is no page ${pages.length + 1}.` })
  })

  it('pages of a fused ranking do not repeat either', async () => {
    const uploads = new Map([['p', toyPicture('ship harbour engraving')]])
    const seen: string[] = []
    for (let page = 1; page <= 6; page++) {
      seen.push(...ids(await ask({ terms: [{ upload: 'p' }], k: 30, page }, uploads)))
    }
    expect(seen).toHaveLength(180)
    expect(new Set(seen).size).toBe(180)
  })

  it('a later page asked alone is what it would have been', async () => {
    const question = { terms: [{ text: 'whale near desert' }], k: 10 }
    await ask(question)
    const continued = await ask({ ...question, page: 2 })
    const alone = await new Searcher(toy.collection).ask({ ...question, page: 2 })
    expect(ids(alone)).toEqual(ids(continued))
  })
})

describe('the cut-off', () => {
  it('is told to be missing where nothing was calibrated', async () => {
    const { cutoff, hits } = await ask({ terms: [{ text: 'zxq vbn' }] })
    expect(cutoff.state).toBe('uncalibrated')
    expect(hits).toHaveLength(10)
  })

  it('leaves it to the words where the model does not tell', async () => {
    const rates = { falseAcceptRate: 0.01, missRate: 0.03 }
    const route = { route: 'text→prompts', score: null, measure: 'kind', mean: 0, spread: 1, words: rates } as const
    const more = { falseAcceptRate: 1, falseAcceptQuestions: 60, missRate: 0, missPairs: 30, separation: 0.5 }
    const whole = { ...route, ...more, pairs: 'pairs', rows: grid.length + extra.length, made: '2026-01-01' }
    const calibration = { version: 1 as const, model: 'toy-model', tables: {}, routes: [whole] }
    const searcher = new Searcher(await openCollection({ ...toy.collection, calibration }))
    const found = await searcher.ask({ terms: [{ text: 'robot near bridge' }], k: 200, fold: false })
    expect(found.cutoff).toMatchObject({ state: 'words', score: null, ...rates })
    expect(found.hits[0]?.id).toMatch(/^robot-bridge-/)
    expect(found.hits.every(({ prompt }) => /robot|bridge/.test(prompt))).toBe(true)
    expect(found.hits.every(({ why }) => why.some((one) => one.route === 'keywords'))).toBe(true)
    for (const text of ['please forward quarterly invoices', '🐱', '!!!', '猫']) {
      const nonsense = await searcher.ask({ terms: [{ text }] })
      expect(nonsense, text).toMatchObject({ verdict: 'nothing_similar', hits: [], more: false })
      expect(nonsense.note).toBe('None of the prompts holds enough of the words.')
    }
    const all = await searcher.ask({ terms: [{ text: '🐱' }], cutoff: false })
    expect(all.hits).toHaveLength(10)
    expect(all.hits.every(({ why }) => why.length === 1)).toBe(true)
    // A picture says more than the words beside it: they alone do not decide.
    const uploads = new Map([['p', toyPicture('ship harbour engraving')]])
    const mixed = await searcher.ask({ terms: [{ text: 'invoices' }, { upload: 'p' }] }, { uploads })
    expect(mixed).toMatchObject({ verdict: 'found', cutoff: { state: 'uncalibrated' } })
  })

  it('leaves it to the pictures which prompts an unheard-of picture gets, where the model does not tell', async () => {
    const rates = { falseAcceptRate: 0.04, falseAcceptQuestions: 60, missRate: 0.2, missPairs: 30, separation: 0.9 }
    const rows = toy.collection.tables.pictures?.rows ?? 0
    const whole = { ...rates, mean: 0, spread: 1, pairs: 'pairs', rows, made: '2026-01-01' }
    const routes = [
      { route: 'picture→prompts' as const, score: null, measure: 'kind' as const, ...whole },
      { route: 'picture→pictures' as const, score: 0.7, measure: 'kind' as const, ...whole },
    ]
    const calibration = { version: 1 as const, model: 'toy-model', tables: {}, routes }
    const searcher = new Searcher(await openCollection({ ...toy.collection, calibration }))
    const like = (shows: string) => ({ uploads: new Map([['p', toyPicture(shows)]]) })
    const question = { terms: [{ upload: 'p' }], k: 200, fold: false }
    const found = await searcher.ask(question, like('castle harbour engraving'))
    expect(found.cutoff).toMatchObject({ state: 'pictures', score: 0.7, falseAcceptRate: 0.04, missRate: 0.2 })
    expect(found.hits[0]?.id).toMatch(/^castle-harbour-/)
    const byPicture = ({ why }: (typeof found.hits)[number]) =>
      why.some(({ route, score = 0 }) => route === 'picture→pictures' && score >= 0.7)
    expect(found.hits.every(byPicture)).toBe(true)
    const open = await searcher.ask({ ...question, cutoff: false }, like('castle harbour engraving'))
    expect(open.hits.length).toBeGreaterThan(found.hits.length)
    const strange = await searcher.ask(question, like('quarterly invoices spreadsheet'))
    expect(strange).toMatchObject({ verdict: 'nothing_similar', hits: [], more: false, cutoff: { state: 'pictures' } })
    expect(strange.closest?.score).toBeLessThan(0.7)
    expect(strange.note).toMatch(/^Nothing is similar enough: .* hits score at least 0\.7\.$/)
  })

  it('answers nonsense with nothing, and a question with its row', async () => {
    const calibration = await calibrate(toy.collection, { unrelated: { texts: 60, pictures: 0 }, pairs: 60 })
    const route = calibration.routes.find((one) => one.route === 'text→prompts')
    expect(route).toMatchObject({ missPairs: 30, rows: grid.length + extra.length })
    expect(route?.falseAcceptRate).toBeLessThanOrEqual(0.2)
    expect(route?.missRate).toBeLessThanOrEqual(0.2)
    const calibrated = new Searcher(await openCollection({ ...toy.collection, calibration }))
    const nonsense = await calibrated.ask({
      terms: [{ text: 'please forward quarterly invoices to accounting today' }],
    })
    expect(nonsense).toMatchObject({ verdict: 'nothing_similar', hits: [], more: false })
    expect(nonsense.note).toMatch(/^Nothing is similar enough/)
    expect(nonsense.closest?.score).toBeLessThan(nonsense.cutoff.score as number)
    const real = await calibrated.ask({ terms: [{ text: 'robot near bridge' }] })
    expect(real.hits[0]?.id).toMatch(/^robot-bridge-/)
    expect(real.cutoff).toMatchObject({ state: 'calibrated', falseAcceptRate: route?.falseAcceptRate })
    expect(real.hits.every(({ score }) => (score as number) >= (real.cutoff.score as number))).toBe(true)
    const all = await calibrated.ask({ terms: [{ text: 'quarterly invoices' }], cutoff: false })
    expect(all).toMatchObject({ verdict: 'found', cutoff: { state: 'off' } })
    const several = await calibrated.ask({
      terms: [{ text: 'robot near bridge' }, { text: 'quarterly invoices', weight: 0.3 }],
    })
    expect(several.hits[0]?.id).toMatch(/^robot-bridge-/)
    expect(several.cutoff.note).toMatch(/similar enough to one of the terms/)
    const stale = { ...calibration, routes: calibration.routes.map((one) => ({ ...one, rows: 10 })) }
    const old = new Searcher(await openCollection({ ...toy.collection, calibration: stale }))
    expect((await old.ask({ terms: [{ text: 'robot near bridge' }] })).cutoff.state).toBe('stale')
  })
})

describe('what cannot be answered', () => {
  it.each<[string, unknown, RegExp]>([
    ['no term', {}, /needs at least one term with a positive weight/],
    ['only minus', { terms: [{ text: 'a', weight: -1 }] }, /positive weight/],
    ['empty words', { terms: [{ text: '  ' }] }, /terms\.0\.text/],
    ['10,000 characters', { terms: [{ text: 'a'.repeat(10_000) }] }, /terms\.0\.text: .*2000/],
    ['an unknown key', { terms: [{ txt: 'a' }] }, /txt/],
    ['a weight of 0', { terms: [{ text: 'a', weight: 0 }] }, /weight: must not be 0/],
    ['a weight that is NaN', { terms: [{ text: 'a', weight: Number.NaN }] }, /weight/],
    ['too deep a page', { terms: [{ text: 'a' }], k: 100, page: 101 }, /10000/],
    ['widths that exclude each other', { terms: [{ text: 'a' }], filters: { minWidth: 9, maxWidth: 8 } }, /minWidth/],
    ['a file: address', { terms: [{ url: 'file:///etc/passwd' }] }, /url/],
    ['an upload that did not come', { terms: [{ upload: 'x' }] }, /no picture came under that name/],
    ['an unknown row', { terms: [{ id: 'nobody' }] }, /no row with the id "nobody"/],
    ['addresses where none are fetched', { terms: [{ url: 'https://example.org/a.png' }] }, /not allowed here/],
  ])('%s is refused in one sentence', async (_, question, message) => {
    const error = await searcher.ask(question as QuestionInput).catch((reason) => reason)
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(2)
    expect(error.message.split('\n')).toHaveLength(1)
  })

  it('refuses bytes that are no picture', async () => {
    const uploads = new Map([['p', Buffer.from('<svg/>')]])
    await expect(ask({ terms: [{ upload: 'p' }] }, uploads)).rejects.toMatchObject({ code: 'picture_refused' })
  })

  it('treats everything that looks like SQL as text', async () => {
    const hostile = "'; DROP TABLE prompt_text; --"
    expect((await ask({ terms: [{ id: hostile }], k: 1 })).hits).toHaveLength(1)
    expect((await ask({ terms: [{ text: hostile }], hybrid: true, phrases: [hostile] })).hits).toEqual([])
    expect((await ask({ terms: [{ text: 'cat' }], filters: { sources: [hostile], runs: [hostile] } })).hits).toEqual([])
    expect(await toy.store.table('text').count()).toBe(grid.length + extra.length)
  })

  it('refuses another model than the tables were made with', async () => {
    const encoder = { ...toyEncoder, digest: 'f'.repeat(64), name: 'other' }
    const error = await openCollection({ ...toy.collection, encoder }).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'model_mismatch', exitCode: 2 })
    expect(error.message).toMatch(
      /embedded by model toy-model, but other is ffffffffffff; vectors of two models cannot/,
    )
  })

  it('says so when a text is longer than the model reads', async () => {
    const { warnings } = await ask({ terms: [{ text: 'cat '.repeat(80) }] })
    expect(warnings.join()).toMatch(/longer than the model reads/)
  })

  it('stops when the client is gone', async () => {
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(searcher.ask({ terms: [{ text: 'cat' }] }, { signal })).rejects.toThrow('gone')
  })
})
