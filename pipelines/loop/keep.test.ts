import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configurationSchema } from '../configuration.ts'
import { listBatches } from '../feedback/inbox.ts'
import { generatedId, refinedId } from '../feedback/inbox-row.ts'
import { Ratings } from '../ratings.ts'
import { keep, keepsakeItems, keptExitCode, outcomesOf } from './keep.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-keep-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const maker = (kind: string) => ({ kind, label: `a ${kind}`, standIn: false })
const picture = Buffer.from('bytes')
const refined = {
  prompt: 'a cat, detailed',
  asked: 'a cat',
  reason: 'more of it',
  refiner: maker('llm'),
  parents: ['n2', 'n1'],
  neighbours: [
    { id: 'n1', similarity: 0.9 },
    { id: 'n2', similarity: 0.8 },
    { id: 'n3', similarity: 0.7 },
  ],
}

describe('what is kept becomes rows', () => {
  it('an improved prompt and its picture: two, the picture made from the prompt, the prompt from its neighbours', () => {
    const [prompt, painted, ...rest] = keepsakeItems({ refined, picture, painter: maker('comfyui') })
    expect(rest).toEqual([])
    expect(prompt?.row).toMatchObject({
      id: refinedId('a cat, detailed', ['n1', 'n2']),
      origin: 'refined',
      source_site: 'llm',
      parents: ['n2', 'n1'],
      lineage: { asked: 'a cat', reason: 'more of it', neighbours: refined.neighbours },
    })
    expect(painted?.row).toMatchObject({
      id: generatedId(picture),
      prompt: 'a cat, detailed',
      origin: 'generated',
      source_site: 'comfyui',
      parents: [prompt?.row.id],
    })
    expect(painted?.picture).toBe(picture)
  })

  it('a picture alone: one, made from what inspired it', () => {
    const items = keepsakeItems({ prompt: 'a dog', picture, parents: ['n1'], parameters: { seed: 7 } })
    expect(items.map(({ row }) => row)).toMatchObject([{ parents: ['n1'], lineage: { parameters: { seed: 7 } } }])
  })

  it('an improved prompt alone: one without a picture', () => {
    expect(keepsakeItems({ refined }).map(({ picture }) => picture)).toEqual([undefined])
  })

  it('a picture of which nobody knows the prompt: none', () => {
    expect(keepsakeItems({ picture })).toEqual([])
  })
})

describe('where nothing was ever loaded', () => {
  it('what is kept waits in the inbox, and that is said', async () => {
    const configuration = configurationSchema.parse({ workspace })
    const result = await keep(configuration, [{ refined, picture }])
    expect(result).toMatchObject({
      searchable: false,
      rows: [{ id: generatedId(picture), outcome: 'waiting' }],
      note: expect.stringMatching(/^In the inbox; joins with the next run \(.*download has not run/),
    })
    expect(await listBatches(workspace)).toMatchObject([{ rows: 2 }])
  })

  it('several pictures of one improved prompt share its row', async () => {
    const configuration = configurationSchema.parse({ workspace })
    const pictures = ['one', 'two', 'three'].map((bytes) => ({ refined, picture: Buffer.from(bytes) }))
    const { rows } = await keep(configuration, [...pictures, ...pictures])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3)
    expect(await listBatches(workspace)).toMatchObject([{ rows: 1 + 3 }])
    const { choices, stars } = await Ratings.read(workspace)
    expect([[...choices], stars.size]).toEqual([
      [...new Set(rows.map(({ id }) => [id, 'kept'].join()))].map((one) => one.split(',')),
      0,
    ])
  })
})

describe('how rows of a batch ended', () => {
  const shard = async (name: string, ...lines: object[]) => {
    await mkdir(join(workspace, 'feedback'), { recursive: true })
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    await writeFile(join(workspace, 'feedback', `${name}.lineage.jsonl`), text)
  }

  it('is told by the shard that took it in', async () => {
    await shard('00000', { id: 'a', outcome: 'ok', batch: 'one' }, { id: 'b', outcome: 'corrupt', batch: 'two' })
    await shard('00001', { id: 'c', outcome: 'ok', batch: 'three' })
    expect(await outcomesOf(workspace, 'two')).toEqual(new Map([['b', 'corrupt']]))
    expect(await outcomesOf(workspace, 'four')).toEqual(new Map())
  })

  it('is known of none where the stage never ran', async () => {
    expect(await outcomesOf(join(workspace, 'nowhere'), 'one')).toEqual(new Map())
  })

  it('of a row that came twice is how it came first', async () => {
    await shard('00000', { id: 'a', outcome: 'ok', batch: 'one' }, { id: 'a', outcome: 'duplicate', batch: 'one' })
    expect(await outcomesOf(workspace, 'one')).toEqual(new Map([['a', 'ok']]))
  })
})

describe('the outcome of a row that is kept again', () => {
  it.each([
    ['too_small', 'too_small'],
    ['ok', 'duplicate'],
    ['forgotten', 'duplicate'],
  ])('after %s is %s', async (before, now) => {
    const again = await mkdtemp(join(tmpdir(), 'again-'))
    await mkdir(join(again, 'feedback'))
    const line = (outcome: string, batch: string, parents: string[] = []) =>
      `${JSON.stringify({ id: 'a', outcome, batch, parents })}\n`
    const other = `${JSON.stringify({ id: 'b', outcome: 'corrupt', batch: 'two', parents: ['a'] })}\n`
    await writeFile(join(again, 'feedback', '00000.lineage.jsonl'), line(before, 'one'))
    await writeFile(join(again, 'feedback', '00001.lineage.jsonl'), other + line('duplicate', 'three'))
    expect(await outcomesOf(again, 'three')).toEqual(new Map([['a', now]]))
    await rm(again, { recursive: true })
  })
})

describe('what keeping ends with', () => {
  it.each<[boolean, string[], number]>([
    [true, [], 0],
    [true, ['ok'], 0],
    [true, ['duplicate', 'ok'], 0],
    [true, ['ok', 'too_small'], 1],
    [true, ['forgotten'], 1],
    [true, ['waiting'], 1],
    [false, ['waiting'], 3],
    [false, ['ok', 'corrupt'], 3],
  ])('searchable %s, outcomes %j: %i', (searchable, outcomes, code) => {
    const rows = outcomes.map((outcome) => ({ id: 'g', outcome }))
    expect(keptExitCode({ searchable, note: '', rows })).toBe(code)
  })
})
