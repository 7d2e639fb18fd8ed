import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pngWithTexts } from '@promptloom/generate/metadata/picture-writer.double'
import { lockWorkspace } from '@promptloom/runner/lock'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callProgram } from '../../tests/program.double.ts'
import { generatedId } from '../feedback/inbox-row.ts'
import { smallWorkspace } from './small-workspace.double.ts'

let small: Awaited<ReturnType<typeof smallWorkspace>>
let folder: string
let workspace: string
let picture: Buffer
let painted: string
beforeAll(async () => {
  small = await smallWorkspace()
  ;({ folder, workspace } = small)
  const noise = await sharp({ create: { width: 96, height: 80, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const texts = { parameters: 'a teal cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 96x80' }
  picture = withChunks(await pngWithTexts(texts), noise)
  painted = generatedId(picture)
  await writeFile(join(folder, 'teal.png'), picture)
  await writeFile(join(folder, 'better.csv'), 'id,original_prompt,enhanced_prompt\ncat,a cat,"a cat, oil on canvas"\n')
}, 120_000)
afterAll(() => small[Symbol.asyncDispose]())

/** The pixels of one PNG with the text chunks of another. */
function withChunks(texts: Buffer, pixels: Buffer): Buffer {
  const at = texts.indexOf('tEXt')
  const chunk = texts.subarray(at - 4, at + 8 + texts.readUInt32BE(at - 4))
  const [head, rest] = [pixels.subarray(0, 33), pixels.subarray(33)]
  return Buffer.concat([head, chunk, rest])
}

const call = (...args: string[]) => callProgram([...args, '--workspace', workspace])
const search = async (...more: string[]) => {
  const { stdout } = await call('search', 'a teal cat', '--json', '--no-cutoff', ...more)
  return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)
}

describe('ingest, rate, lineage, forget', () => {
  test('what is ingested is found by the next search, and not taken in twice', async () => {
    const { code, stdout } = await call('ingest', join(folder, 'teal.png'), join(folder, 'better.csv'), '--json')
    const result = JSON.parse(stdout)
    expect([code, result.searchable, result.ledger.new]).toEqual([0, true, 2])
    expect((await search())[0]).toBe(painted)
    const again = await call('ingest', join(folder, 'teal.png'), join(folder, 'better.csv'))
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/known .* 2 /)
    expect(again.stdout).toMatch(/Nothing new came in\.\n$/)
    const status = JSON.parse((await call('status', '--json')).stdout)
    const feedback = status.stages.find(({ name }: { name: string }) => name === 'feedback')
    expect(feedback.outcomes).toEqual({ ok: 2 })
  }, 60_000)

  test('a path that is not there is told in one sentence', async () => {
    const { code, stderr } = await call('ingest', join(folder, 'nowhere'))
    expect([code, stderr.trim()]).toEqual([2, `There is no file or folder ${join(folder, 'nowhere')}; check the path.`])
  })

  test('ratings filter and re-rank searches', async () => {
    expect((await call('rate', 'ship', '5')).stdout).toBe('Rated ship: 5 of 5.\n')
    expect(JSON.parse((await call('rate', painted, '1', '--json')).stdout)).toEqual({ id: painted, rating: 1 })
    expect((await call('rate', 'nobody', '3')).code).toBe(2)
    expect((await call('rate', 'ship', '6')).code).toBe(2)
    expect(await search('--min-rating', '4')).toEqual(['ship'])
    const ranked = await search('--rating-weight', '10')
    expect([ranked[0], ranked.at(-1)]).toEqual(['ship', painted])
    expect((await search())[0]).toBe(painted)
  }, 60_000)

  test('the bench of ratings says that they are too few', async () => {
    const { code, stdout } = await call('bench', 'ratings')
    expect(code).toBe(0)
    expect(stdout).toMatch(/is a stand-in, so that the figures say nothing of CLIP/)
    expect(stdout).toMatch(/Too few ratings to tell: 2 rated rows with a picture make 1 pairs/)
    expect(JSON.parse((await call('bench', 'ratings', '--json')).stdout)).toMatchObject({
      verdict: 'too_few',
      pairs: 1,
    })
  }, 60_000)

  test('the bench of refining names every stand-in', async () => {
    const none = await call('bench', 'feedback', '--count', '1')
    expect(none.stdout).toMatch(/CLIP score │ – +│ – +│ – +│ 0 /)
    await writeFile(join(folder, 'mine.txt'), 'a cat\na dog\n')
    const { code, stdout } = await call('bench', 'feedback', '--prompts', join(folder, 'mine.txt'))
    expect(code).toBe(0)
    for (const words of [/CLIP score/, /novelty/, /stands in for Stable Diffusion/, /is a stand-in, so that/]) {
      expect(stdout).toMatch(words)
    }
    await writeFile(join(folder, 'empty.txt'), '\n \n')
    const empty = await call('bench', 'feedback', '--prompts', join(folder, 'empty.txt'))
    expect([empty.code, empty.stderr]).toEqual([2, expect.stringMatching(/empty\.txt has no prompts/)])
  }, 60_000)

  test('the lineage of an improved prompt leads to the row it came from', async () => {
    const rows = (await readFile(join(workspace, 'feedback', '00000.lineage.jsonl'), 'utf8')).trim().split('\n')
    const { id } = rows.map((line) => JSON.parse(line)).find(({ origin }) => origin === 'refined')
    const { stdout } = await call('lineage', id)
    expect(stdout).toMatch(/asked for: a cat\n/)
    expect(stdout).toMatch(/└─ cat {2}dataset, with picture {2}"a cat at night, oil on canvas"/)
    const { nodes } = JSON.parse((await call('lineage', 'cat', '--json')).stdout)
    expect(nodes.map((node: { id: string }) => node.id)).toEqual(['cat', id])
    expect((await call('lineage', 'nobody')).code).toBe(2)
  }, 60_000)

  test('forgetting is shown first, and done only when it is said twice', async () => {
    const dry = await call('forget', 'cat', '--dry-run', '--json')
    expect(JSON.parse(dry.stdout)).toMatchObject({ what: 'id', rows: ['cat'], derived: [expect.stringMatching(/^r-/)] })
    const asked = await call('forget', 'cat')
    expect(asked.code).toBe(2)
    expect(asked.stderr).toMatch(/would forget 1 row with the id "cat" and 1 that were made from them\. Say --yes/)
    expect((await call('forget')).stderr).toMatch(/Name one thing to forget/)
    expect((await call('forget', 'cat', '--source', 'x')).code).toBe(2)
    expect(await search()).toContain('cat')
  })

  test('while the workspace is in use it is recorded, and searches leave it out at once', async () => {
    const lock = await lockWorkspace(workspace)
    const { code, stdout } = await call('forget', 'dog', '--yes', '--reason', 'asked to')
    const byAddress = await call('forget', 'castle.jpg', '--yes')
    await lock[Symbol.asyncDispose]()
    expect([code, stdout]).toEqual([3, expect.stringMatching(/Forgotten: 1 row, .*next run takes it out/)])
    expect(byAddress.code).toBe(3)
    const found = await search()
    expect([found.includes('dog'), found.includes('castle'), found.includes('cat')]).toEqual([false, false, true])
    expect((await call('lineage', 'dog')).code).toBe(0)
  }, 60_000)

  test('the next run takes out what was recorded, without a word', async () => {
    const { code } = await call('run', '--to', 'load')
    expect(code).toBe(0)
    expect((await call('lineage', 'dog')).stdout).toMatch(/^dog {2}\(forgotten\)/)
    expect(JSON.parse(await readFile(join(workspace, 'events', 'carried-out.json'), 'utf8'))).toEqual({ tombstones: 2 })
  }, 60_000)

  test('a row and a whole source go for good at once, and what was recorded by address has gone', async () => {
    const one = await call('forget', 'cat', '--yes', '--json')
    expect([one.code, JSON.parse(one.stdout).carriedOut]).toEqual([0, true])
    expect((await call('forget', '--source', 'site-1.example', '--yes')).code).toBe(0)
    expect(new Set(await search())).toEqual(new Set([painted, 'forest']))
    const status = JSON.parse((await call('status', '--json')).stdout)
    const outcomes = status.stages.map(({ name, outcomes }: { name: string; outcomes: object }) => [name, outcomes])
    expect(outcomes.slice(0, 3)).toEqual([
      ['download', { ok: 1, forgotten: 5 }],
      ['fetch-images', { ok: 1 }],
      ['feedback', { ok: 1, forgotten: 1 }],
    ])
    expect(status.balanced).toBe(true)
  }, 60_000)
})
