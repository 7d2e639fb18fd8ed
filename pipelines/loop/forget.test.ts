import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TINY, writeSyntheticModel } from '@promptloom/clip/synthetic/synthetic-model'
import { lockWorkspace } from '@promptloom/runner/lock'
import { run } from '@promptloom/runner/run'
import { readStatus } from '@promptloom/runner/status'
import { openStore } from '@promptloom/store/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Configuration, configurationSchema } from '../configuration.ts'
import { inboxFolder, putBatch } from '../feedback/inbox.ts'
import { generatedId, refinedId } from '../feedback/inbox-row.ts'
import { samplePicture } from '../fetch-images/picture-samples.double.ts'
import { buildPipeline } from '../pipeline.ts'
import { pendingTombstones, Tombstones } from '../tombstones.ts'
import { rowsWithIds } from '../workspace-rows.ts'
import { descendants, findDoomed } from './doomed.ts'
import { carryOut, forget } from './forget.ts'

let folder: string
let workspace: string
let source: string
let configuration: Configuration
const refined = refinedId('better 3', ['row-3'])
let painted: string
let picture: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-forget-'))
  workspace = join(folder, 'workspace')
  source = join(folder, 'prompts.csv')
  const model = join(folder, 'model')
  await writeSyntheticModel(model, TINY)
  const rows = ['id,prompt,url,width,height,source_site']
  for (let at = 0; at < 9; at++) {
    await (await samplePicture(at)).jpeg().toFile(join(folder, `${at}.jpg`))
    rows.push(`row-${at},prompt number ${at},${at}.jpg,96,80,${at % 4 === 0 ? 'fourth.example' : 'here'}`)
  }
  await writeFile(source, `${rows.join('\n')}\n`)
  configuration = configurationSchema.parse({
    ...{ workspace, source, model, 'fetch-images': { localRoot: folder, minSide: 16 } },
    ...{ download: { shardRows: 3 }, feedback: { groupRows: 1 } },
  })
  picture = await (await samplePicture(50)).png().toBuffer()
  painted = generatedId(picture)
  const maker = { lineage: {} }
  await putBatch(workspace, [
    { row: { id: refined, prompt: 'better 3', origin: 'refined', parents: ['row-3'], ...maker } },
    { row: { id: painted, prompt: 'better 3', origin: 'generated', parents: [refined], ...maker }, picture },
  ])
  await putBatch(workspace, [{ row: { id: 'r-other', prompt: 'other', origin: 'refined', parents: ['row-5'] } }])
  await bring()
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

async function bring() {
  const result = await run({ workspace, pipeline: buildPipeline(configuration), to: 'load' })
  expect(result.exitCode).toBe(0)
  return Object.fromEntries(result.stages.map(({ stage, ran }) => [stage, ran]))
}

/** Ids of the rows of both tables. */
async function loadedIds(): Promise<{ readonly text: string[]; readonly image: string[] }> {
  await using store = await openStore({ kind: 'embedded', path: join(workspace, 'store') })
  const ids = async (table: string) => {
    const rows = await store.database.rows<{ id: string }>(`SELECT id FROM promptloom.${table} ORDER BY id`)
    return rows.map(({ id }) => id)
  }
  return { text: await ids('prompt_text'), image: await ids('prompt_image') }
}

const outcomes = async (stage: string) =>
  (await readStatus(workspace, buildPipeline(configuration))).stages.find(({ name }) => name === stage)?.outcomes

/** Files of the workspace, but for what was acquired and what is said of rows, that hold any of the texts. */
async function filesHolding(...needles: (string | Buffer)[]): Promise<string[]> {
  const all = await readdir(workspace, { recursive: true, withFileTypes: true })
  const held: string[] = []
  for (const entry of all.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const place = path.slice(workspace.length + 1)
    if (/^(store\/|events\/|download\/source\.csv|run\.log|configuration|manifests\/|runs\/)/.test(place)) continue
    const bytes = await readFile(path)
    if (needles.some((needle) => bytes.includes(needle))) held.push(place)
  }
  return held
}

describe('what is to be forgotten', () => {
  it('is found by id, address or source, with all that was made from it', async () => {
    const byId = await findDoomed(workspace, { value: 'row-3' })
    expect(byId).toMatchObject({ what: 'id', rows: ['row-3'] })
    expect(new Set(byId.derived)).toEqual(new Set([refined, painted]))
    expect(byId.shards).toEqual(new Set(['00001']))
    expect(byId.batches.size).toBe(1)
    expect(await findDoomed(workspace, { value: '3.jpg' })).toMatchObject({ what: 'url', rows: ['row-3'] })
    const bySource = await findDoomed(workspace, { value: 'fourth.example', source: true })
    expect(bySource).toMatchObject({ what: 'source', rows: ['row-0', 'row-4', 'row-8'], derived: [] })
    expect(await findDoomed(workspace, { value: 'http://h/unknown' })).toMatchObject({ what: 'url', rows: [] })
  })

  it('goes down any number of generations, and round in no circle', () => {
    const made = [
      { id: 'b', parents: ['a', 'x'] },
      { id: 'c', parents: ['b'] },
      { id: 'a', parents: ['c'] },
      { id: 'y', parents: ['x'] },
    ]
    expect(descendants(new Set(['a']), made)).toEqual(new Set(['b', 'c']))
    expect(descendants(new Set(['nobody']), made)).toEqual(new Set())
  })
})

describe('forgetting', () => {
  it.each([
    ['an id or address', { value: '' }],
    ['a source', { value: ' ', source: true }],
  ])('refuses %s that is empty, which many a row has', async (_, target) => {
    await expect(findDoomed(workspace, target)).rejects.toMatchObject({ exitCode: 2 })
    const error = await forget(configuration, target).catch((reason) => reason)
    expect(error.message).toBe('What to forget is empty; give the id of a row, an address, or the name of a source.')
    expect((await Tombstones.read(workspace)).isEmpty).toBe(true)
  })

  it('refuses an id that no row has, and leaves no tombstone', async () => {
    const error = await forget(configuration, { value: 'nobody' }).catch((reason) => reason)
    expect(error).toMatchObject({ exitCode: 2 })
    expect(error.message).toMatch(/No row of .* has the id or address "nobody"; .*--source/)
    expect((await Tombstones.read(workspace)).isEmpty).toBe(true)
  })

  it('records it while the workspace is in use, in one sentence, and changes nothing else', async () => {
    const before = await outcomes('download')
    const lock = await lockWorkspace(workspace)
    const result = await forget(configuration, { value: 'row-1' }, { reason: 'the artist asked' })
    await lock[Symbol.asyncDispose]()
    expect(result.carriedOut).toBe(false)
    expect(result.note).toMatch(/^It is recorded: searches leave it out from now on, .* in use by process \d+/)
    expect((await pendingTombstones(workspace)).all).toMatchObject([{ value: 'row-1', reason: 'the artist asked' }])
    expect(await outcomes('download')).toEqual(before)
  })

  it('takes row, picture, vectors and descendants out of files, database, inbox and caches', async () => {
    await mkdir(join(workspace, 'studio', 'jobs', 'j', 'pictures'), { recursive: true })
    await writeFile(join(workspace, 'studio', 'jobs', 'j', 'pictures', '0'), picture)
    await writeFile(join(workspace, 'studio', 'jobs', 'j', 'pictures', '1'), 'another')
    const told = [
      { type: 'neighbours', neighbours: [{ id: 'row-3', prompt: 'prompt number 3', similarity: 1 }] },
      { type: 'end', job: { request: { prompt: 'better 3' } } },
    ]
    const events = told.map((event) => `${JSON.stringify(event)}\n`).join('')
    await writeFile(join(workspace, 'studio', 'jobs', 'j', 'events.jsonl'), events)
    await writeFile(join(workspace, 'cache', 'fetch-images-old.index'), 'row-3')
    // The source need not be there any more: forgetting never looks for news.
    await rm(source)
    const ran: string[] = []
    const { carriedOut, doomed } = await forget(
      configuration,
      { value: 'row-3' },
      { listener: (event) => event.type === 'shard-done' && ran.push(`${event.stage}/${event.shard}`) },
    )
    expect(carriedOut).toBe(true)
    expect(doomed.derived).toHaveLength(2)
    // row-1 lies in the first shard, row-3 in the second; the third is left alone.
    expect(ran.filter((one) => /^(download|fetch-images)/.test(one)).sort()).toEqual([
      ...['download/00000', 'download/00001', 'fetch-images/00000', 'fetch-images/00001'],
    ])
    const gone = ['row-1', 'row-3', refined, painted]
    const { text, image } = await loadedIds()
    expect([...text, ...image].filter((id) => gone.includes(id))).toEqual([])
    expect([text.includes('r-other'), text.length, image.length]).toEqual([true, 8, 7])
    expect((await rowsWithIds(workspace, new Set(gone))).size).toBe(0)
    expect(await filesHolding('prompt number 3', 'better 3', picture)).toEqual([])
    expect(await readdir(join(workspace, 'studio', 'jobs', 'j', 'pictures'))).toEqual(['1'])
    expect(await filesHolding(refined)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^inbox\/.*rows\.jsonl$/)]),
    )
    expect(existsSync(join(workspace, 'cache', 'fetch-images-old.index'))).toBe(false)
    expect(existsSync(join(workspace, 'cache', 'vectors.lmdb'))).toBe(false)
    expect((await pendingTombstones(workspace)).isEmpty).toBe(true)
  }, 60_000)

  it('fetches and embeds nothing again', async () => {
    for (const name of ['text-00000', 'text-00001', 'image-00000', 'image-00001']) {
      const checkpoint = JSON.parse(await readFile(join(workspace, 'embed', `${name}.json`), 'utf8'))
      expect([name, checkpoint.facts.embedded]).toEqual([name, 0])
    }
  })

  it('accounts for what is gone, and lets nothing come back', async () => {
    expect(await outcomes('download')).toEqual({ ok: 7, forgotten: 2 })
    expect(await outcomes('feedback')).toEqual({ ok: 1, forgotten: 2 })
    await putBatch(workspace, [
      { row: { id: painted, prompt: 'again', origin: 'generated', parents: [] }, picture },
      { row: { id: 'r-new', prompt: 'made of it', origin: 'refined', parents: ['row-3'] } },
    ])
    const rows = (await readFile(join(workspace, 'download', 'source.csv'), 'utf8')).trimEnd()
    await writeFile(source, `${rows}\nrow-9,prompt number 9,9.jpg,96,80,here\n`)
    await bring()
    expect(await outcomes('feedback')).toEqual({ ok: 1, forgotten: 4 })
    expect(await outcomes('download')).toEqual({ ok: 8, forgotten: 2 })
    const { text } = await loadedIds()
    expect(text).toEqual(expect.arrayContaining(['row-9', 'r-other']))
    for (const id of ['row-3', painted, 'r-new']) expect(text).not.toContain(id)
  }, 60_000)

  it('does nothing twice', async () => {
    const ran: string[] = []
    const listener = (event: { type: string }) => event.type === 'shard-done' && ran.push(event.type)
    const again = await forget(configuration, { value: 'row-3' }, { listener })
    expect(again.carriedOut).toBe(true)
    expect(ran).toEqual([])
    expect((await Tombstones.read(workspace)).all).toHaveLength(2)
  })

  it('takes a whole source, and one that no row has yet', async () => {
    const { doomed, carriedOut } = await forget(configuration, { value: 'fourth.example', source: true })
    expect([carriedOut, doomed.rows.length]).toEqual([true, 3])
    expect(await outcomes('download')).toEqual({ ok: 5, forgotten: 5 })
    await forget(configuration, { value: 'not-yet.example', source: true })
    expect((await Tombstones.read(workspace)).sources).toEqual(new Set(['fourth.example', 'not-yet.example']))
  }, 60_000)

  it('is left to the next run where a stage has not finished', async () => {
    const path = join(workspace, 'manifests', 'fetch-images.json')
    const manifest = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify({ ...manifest, settled: false }))
    const result = await carryOut(configuration)
    expect(result).toMatchObject({ carriedOut: false, note: expect.stringMatching(/fetch-images did not finish/) })
    await writeFile(path, JSON.stringify(manifest))
  })

  it('leaves the inbox folder with batches alone', async () => {
    expect(await readdir(inboxFolder(workspace))).toHaveLength(3)
  })
})
