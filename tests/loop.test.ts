import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { automatic1111Double } from '@promptloom/generate/automatic1111/automatic1111.double'
import { openAiDouble } from '@promptloom/refine/openai.double'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listBatches, readBatch } from '../pipelines/feedback/inbox.ts'
import type { InboxRow } from '../pipelines/feedback/inbox-row.ts'
import { samplePicture } from '../pipelines/fetch-images/picture-samples.double.ts'
import { lineageOf } from '../pipelines/loop/lineage.ts'
import { compileProgram } from './compiled-program.ts'
import { callProgram, root, Standby } from './program.double.ts'

const KILLS = 5
const ROWS = 8
const PROMPTS = ['a cat', 'a dog', 'a bird', 'a fish']
/** Prompts of the queue in work at the same time. */
const IN_FLIGHT = 2

let folder: string
let workspace: string
let llm: Awaited<ReturnType<typeof openAiDouble>>
let painter: Awaited<ReturnType<typeof automatic1111Double>>

/** The n-th answer of the language model: another improved prompt each time, drawn from a row of the collection. */
const reply = (at: number) => ({
  text: {
    variants: [
      { prompt: `improved prompt number ${at}, oil on canvas`, reason: 'for the test', neighbours: ['row-3'] },
    ],
  },
})

const settings = (queue = '') => `source: ${join(folder, 'prompts.csv')}
model: ${join(root, 'data/sample/model')}
workspace: ${workspace}
fetch-images: { localRoot: ${folder} }
refine: { endpoint: '${llm.url}', neighbours: ${ROWS}, variants: 1 }
generate: { painter: { kind: automatic1111, url: '${painter.url}' }, width: 96, height: 80 }
${queue}`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-loop-'))
  workspace = join(folder, 'workspace')
  llm = await openAiDouble(...Array.from({ length: 60 }, (_, at) => reply(at)))
  painter = await automatic1111Double()
  const rows = ['id,prompt,url,width,height,source_site']
  for (let at = 0; at < ROWS; at++) {
    await (await samplePicture(at)).jpeg().toFile(join(folder, `${at}.jpg`))
    rows.push(`row-${at},"prompt number ${at}, of a small collection",${at}.jpg,96,80,here`)
  }
  await writeFile(join(folder, 'prompts.csv'), `${rows.join('\n')}\n`)
  await writeFile(join(folder, 'config.yaml'), settings())
  const ran = await program(['run', '--config', join(folder, 'config.yaml'), '--to', 'load'])
  expect(ran).toMatchObject({ code: 0 })
}, 120_000)
afterAll(async () => {
  await llm?.[Symbol.asyncDispose]()
  await painter?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const program = (words: readonly string[]) => callProgram(words)
/** Runs a command on the workspace and parses what it prints. */
async function json(...words: string[]) {
  const { code, stdout, stderr } = await program([...words, '--workspace', workspace, '--json'])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout)
}
const search = (...words: string[]): Promise<{ id: string; distance: number; prompt: string }[]> =>
  json('search', ...words)

async function inboxRows(): Promise<InboxRow[]> {
  const lines = []
  for (const { name } of await listBatches(workspace)) lines.push(...(await readBatch(workspace, name)))
  return lines.filter((line) => 'id' in line)
}

describe('the loop', () => {
  it('search, improve, paint, keep: the new row is the first hit for its own prompt, its lineage complete', async () => {
    const [before] = await search('prompt number 3, of a small collection')
    expect(before?.id).toBe('row-3')

    const out = join(folder, 'pictures')
    const made = await json('generate', 'a castle', '--refine', '--keep', '--seed', '7', '--out', out)
    expect(made.kept).toMatchObject({ searchable: true, rows: [{ outcome: 'ok' }] })
    const picture = made.kept.rows[0].id
    const { prompt } = made.refined

    const found = await search(prompt, '--no-fold')
    const { nodes } = await lineageOf(workspace, picture)
    const refined = nodes.find(({ origin }) => origin === 'refined')
    expect(new Set(found.slice(0, 2).map(({ id }) => id))).toEqual(new Set([picture, refined?.id]))
    expect(found[0]?.distance).toBeCloseTo(0, 4)
    expect((await search('--like', made.pictures[0].path, '--find', 'pictures'))[0]?.id).toBe(picture)
    expect(await search('--like', picture, '--find', 'pictures')).toHaveLength(ROWS)

    expect(nodes.map(({ id }) => id)).toEqual([picture, refined?.id, 'row-3'])
    expect(nodes[0]).toMatchObject({
      prompt,
      hasPicture: true,
      parents: [refined?.id],
      painter: { kind: 'automatic1111', standIn: false },
      parameters: { seed: 7, steps: 20, sampler: 'Euler', model: 'dream' },
    })
    expect(refined).toMatchObject({
      asked: 'a castle',
      reason: 'for the test',
      refiner: { kind: 'llm' },
      parents: ['row-3'],
    })
    expect(refined?.neighbours.map(({ id }) => id)).toContain('row-3')
  }, 120_000)

  it('what is kept twice is one row', async () => {
    const before = await search('improved prompt', '--no-fold', '-k', '50')
    const picture = (await inboxRows()).find(({ origin }) => origin === 'generated')
    const path = join(folder, 'pictures', `${picture?.id}.png`)
    expect(await json('keep', path)).toMatchObject({
      searchable: true,
      rows: [{ id: picture?.id, outcome: 'duplicate' }],
    })
    expect(await search('improved prompt', '--no-fold', '-k', '50')).toEqual(before)
  }, 120_000)
})

describe('a night of the queue', () => {
  it(`killed ${KILLS} times, pays for nothing twice and stores nothing twice`, async () => {
    const config = join(folder, 'night.yaml')
    await writeFile(join(folder, 'queue.txt'), PROMPTS.join('\n'))
    const source = `source: { file: ${join(folder, 'queue.txt')} }`
    await writeFile(config, settings(`feedback: { queue: { ${source}, shardPrompts: 2, concurrency: ${IN_FLIGHT} } }`))
    const kept = (await inboxRows()).length
    const paid = () => llm.asked.length + painter.painted.length
    const before = paid()

    await using compiled = await compileProgram()
    using standby = new Standby(compiled)
    let kills = 0
    for (let wanted = 1; ; wanted++) {
      const child = await standby.start(['run', '--config', config, '--to', 'load'])
      const ended = once(child, 'exit')
      let running = true
      void ended.then(() => {
        running = false
      })
      // Killed in turn between calls, while the results are put away, embedded, loaded.
      const calls = paid() + wanted
      while (running && kills < KILLS && paid() < calls) await sleep(2)
      if (kills < KILLS) await sleep(wanted * 30)
      if (kills < KILLS && running) child.kill('SIGKILL')
      const [code, signal] = await ended
      if (signal === 'SIGKILL') kills++
      else {
        expect(code).toBe(0)
        if (kills > 0) break
      }
    }

    const made = (await inboxRows()).slice(kept)
    expect(
      made
        .filter(({ origin }) => origin === 'refined')
        .map(({ lineage }) => lineage.asked)
        .sort(),
    ).toEqual([...PROMPTS].sort())
    expect(made.filter(({ origin }) => origin === 'generated')).toHaveLength(PROMPTS.length)
    expect(new Set(made.map(({ id }) => id)).size).toBe(2 * PROMPTS.length)
    const stored = await search(
      'improved prompt',
      '--no-fold',
      '--origin',
      'refined',
      '--origin',
      'generated',
      '-k',
      '50',
    )
    expect(stored.map(({ id }) => id).sort()).toEqual(
      (await inboxRows())
        .map(({ id }) => id)
        .filter(unique)
        .sort(),
    )
    // What was on its way when the process died may have been paid for; what was answered is not asked for again.
    expect(paid() - before).toBeLessThanOrEqual(2 * PROMPTS.length + kills * IN_FLIGHT)

    const total = paid()
    expect((await program(['run', '--config', config, '--to', 'load'])).code).toBe(0)
    expect(paid()).toBe(total)
    const journal = await readFile(join(workspace, 'queue', 'journal.jsonl'), 'utf8')
    const kinds = journal
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).kind)
    expect(kinds.filter((kind) => kind === 'refined')).toHaveLength(PROMPTS.length)
    expect(kinds.filter((kind) => kind === 'painted')).toHaveLength(PROMPTS.length)
  }, 240_000)
})

const unique = (id: string, at: number, all: readonly string[]) => all.indexOf(id) === at
