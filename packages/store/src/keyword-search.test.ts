import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchWords } from './keyword-search.ts'
import { openStore, type Store } from './store.ts'

let folder: string
let store: Store
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-words-'))
  store = await openStore({ kind: 'embedded', path: join(folder, 'db') })
  const table = store.table('text')
  await table.ensure(2)
  const prompts = [
    'castle, art by Greg Rutkowski',
    'castle by MOEBIUS, trending on artstation',
    'castle on a hill, greg',
    'a castle',
    "it's a café; très joli",
  ]
  for (const [at, prompt] of prompts.entries()) {
    await store.database.command(
      `INSERT INTO ${table.name} (id, prompt, width, prompt_vector) VALUES ({id:String}, {prompt:String}, {w:UInt64}, [1, 0])`,
      { params: { id: `p${at}`, prompt, w: at * 100 } },
    )
  }
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const ids = (hits: readonly { id: string }[]) => hits.map((hit) => hit.id)

test('rows with more and rarer words come first, upper and lower case alike', async () => {
  const { hits, used, words } = await store.table('text').searchWords({ words: 'Castle, Greg Rutkowski!', k: 10 })
  expect(ids(hits)).toEqual(['p0', 'p2', 'p3', 'p1'])
  expect(hits[0]).toMatchObject({ matched: 3, width: 0, prompt: 'castle, art by Greg Rutkowski' })
  expect(used).toBe('text index')
  expect(words).toEqual([
    { word: 'castle', rows: 4 },
    { word: 'greg', rows: 2 },
    { word: 'rutkowski', rows: 1 },
  ])
})

test('a scan on engines without a text index finds the same', async () => {
  const { database, capabilities } = store
  const { name, shape } = store.table('text')
  const request = { words: 'castle greg moebius', k: 10 }
  const bare = { ...capabilities, settings: new Map<string, string>() }
  const scanned = await searchWords({ database, name, shape }, request, bare)
  expect(scanned.used).toBe('scan')
  expect(scanned.hits).toEqual((await store.table('text').searchWords(request)).hits)
})

test('words beyond ASCII, filters and a limit', async () => {
  expect(ids((await store.table('text').searchWords({ words: 'CAFÉ', k: 10 })).hits)).toEqual(['p4'])
  const filter = { column: 'width', is: '>=', value: 200 } as const
  expect(ids((await store.table('text').searchWords({ words: 'castle', k: 10, filter })).hits)).toEqual(['p3', 'p2'])
  expect((await store.table('text').searchWords({ words: 'castle', k: 1 })).hits).toHaveLength(1)
  await expect(store.table('text').searchWords({ words: '?! ,', k: 1 })).rejects.toThrow(/no word/)
})

test('words are data: what looks like SQL finds nothing and harms nothing', async () => {
  const { hits } = await store.table('text').searchWords({ words: "x' OR 1=1; DROP TABLE prompt_text --", k: 10 })
  expect(hits).toEqual([])
  expect(await store.table('text').count()).toBe(5)
})

test('looks at the rows of the rarest words first, and at the others as long as they could come among the best', async () => {
  const { database, capabilities } = store
  const table = store.table('image')
  await table.ensure(2)
  // A word is in every second row, the next one in every third, and so on: from common to rare.
  const names = ['an', 'castle', 'fog', 'gold', 'owl', 'quartz']
  await database.command(
    `INSERT INTO ${table.name} (id, prompt, ${table.shape.vector})
     SELECT leftPad(toString(number), 3, '0'),
       concat('x', ${names.map((word, at) => `if(number % ${at + 2} = 0, ' ${word}', '')`).join(', ')}), [1, 0]
     FROM numbers(400)`,
  )
  const searched = { database, name: table.name, shape: table.shape }
  const filter = { column: 'id', is: '>=', value: '200' } as const
  for (const words of ['an', 'an owl', 'quartz gold fog an', 'castle nothing an', names.join(' ')]) {
    for (const request of [
      { words, k: 3 },
      { words, k: 60 },
      { words, k: 400 },
      { words, k: 20, filter },
    ]) {
      const all = await searchWords({ ...searched, firstRows: 400 * 8 }, request, capabilities)
      const few = await searchWords({ ...searched, firstRows: 1 }, request, capabilities)
      expect(few).toEqual(all)
      expect(all.hits).toEqual((await searchWords(searched, request, { ...capabilities, settings: new Map() })).hits)
    }
  }
})
