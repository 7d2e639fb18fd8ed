import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@promptloom/runner/run'
import type { Stage } from '@promptloom/runner/stage'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lineageText } from '../display/lineage-text.ts'
import { forgetInBatch, putBatch } from '../feedback/inbox.ts'
import { collection, promptRow } from '../fetch-images/collection.double.ts'
import { recordOpinions } from '../ratings.ts'
import { bury } from '../tombstones.ts'
import { lineageOf } from './lineage.ts'

const llm = { kind: 'llm', label: 'gpt-4 at example.org', standIn: false }
const sketch = { kind: 'sketch', label: 'sketch painter', standIn: true }
let workspace: string
let batch: string

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-lineage-'))
  const rows = ['row-1', 'row-2', 'row-3'].map((id) => promptRow(id, ''))
  const stage = collection([rows.slice(0, 2), rows.slice(2)]) as Stage<unknown>
  await run({ workspace, pipeline: [{ stage, options: {} }] })
  const refined = {
    ...{ id: 'r-1', prompt: 'a castle at night, watercolour', origin: 'refined' as const, parents: ['row-1', 'row-3'] },
    lineage: {
      ...{ asked: 'castle', reason: 'a time of day', refiner: llm },
      neighbours: [
        { id: 'row-1', similarity: 0.831 },
        { id: 'row-2', similarity: 0.7 },
      ],
    },
  }
  const painted = (id: string, parents: string[], seed: number) => ({
    row: {
      ...{ id, prompt: 'a castle at night, watercolour', origin: 'generated' as const, parents },
      lineage: { painter: sketch, parameters: { seed, steps: 20, sampler: null } },
    },
    picture: Buffer.from(`picture ${id}`),
  })
  const put = await putBatch(workspace, [{ row: refined }, painted('g-1', ['r-1'], 7), painted('g-2', ['r-1'], 8)])
  batch = put?.name as string
  await putBatch(workspace, [{ row: { id: 'r-2', prompt: 'again', origin: 'refined', parents: ['g-1', 'row-1'] } }])
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

const ids = async (id: string) => (await lineageOf(workspace, id)).nodes.map((node) => node.id)

describe('the lineage of a row', () => {
  it('goes up to the prompts that inspired it, and down to what was made from it', async () => {
    expect(await ids('g-1')).toEqual(['g-1', 'r-1', 'row-1', 'row-3', 'r-2'])
    expect(await ids('row-3')).toEqual(['row-3', 'r-1', 'g-1', 'g-2', 'r-2'])
    expect(await ids('row-2')).toEqual(['row-2'])
  })

  it('tells who refined and painted, with what, and what the neighbours were', async () => {
    await recordOpinions(workspace, [{ id: 'g-1', kind: 'rated', rating: 4 }])
    const { nodes, rating, truncated } = await lineageOf(workspace, 'g-1')
    expect([rating, truncated]).toEqual([4, false])
    expect(nodes[0]).toMatchObject({
      ...{ origin: 'generated', hasPicture: true, painter: sketch, parents: ['r-1'], forgotten: false },
      ...{ parameters: { seed: 7, steps: 20 }, created: expect.stringMatching(/^\d{4}-/) },
    })
    expect(nodes[1]).toMatchObject({ asked: 'castle', reason: 'a time of day', refiner: llm, hasPicture: false })
    expect(nodes[1]?.neighbours).toHaveLength(2)
    expect(nodes[2]).toMatchObject({ id: 'row-1', prompt: 'prompt of row-1', origin: 'dataset', created: null })
  })

  it('names what was forgotten, and tells nothing more of it', async () => {
    const at = '2026-11-24T10:00:00.000Z'
    await bury(workspace, [{ what: 'id', value: 'r-1', reason: '', at, derived: [] }])
    await forgetInBatch(workspace, batch, new Set(['r-1']))
    const { nodes } = await lineageOf(workspace, 'g-1')
    expect(nodes.map(({ id, forgotten, prompt }) => [id, forgotten, prompt])).toContainEqual(['r-1', true, ''])
    expect(lineageText(await lineageOf(workspace, 'g-1'))).toContain('r-1  (forgotten)')
  })

  it('ends where rows were made from each other in a circle', async () => {
    await putBatch(workspace, [
      { row: { id: 'r-a', prompt: 'a', origin: 'refined', parents: ['r-b'] } },
      { row: { id: 'r-b', prompt: 'b', origin: 'refined', parents: ['r-a'] } },
    ])
    expect(await ids('r-a')).toEqual(['r-a', 'r-b'])
    expect(lineageText(await lineageOf(workspace, 'r-a'))).toContain('see above')
  })

  it('is refused for an id that no row has', async () => {
    await expect(lineageOf(workspace, 'nobody')).rejects.toMatchObject({ exitCode: 2 })
  })

  it('says where it stops telling', async () => {
    const many = Array.from({ length: 600 }, (_, at) => ({
      row: { id: `r-x${at}`, prompt: `x${at}`, origin: 'refined' as const, parents: ['row-2'] },
    }))
    await putBatch(workspace, many)
    const lineage = await lineageOf(workspace, 'row-2')
    expect([lineage.nodes.length, lineage.truncated]).toEqual([500, true])
    expect(lineageText(lineage)).toMatch(/more relatives than are shown/)
  })
})

describe('the lineage as text', () => {
  it('is a tree, with stand-ins labelled', async () => {
    const text = lineageText(await lineageOf(workspace, 'g-1'))
    expect(text.split('\n')).toEqual([
      'g-1  generated, with picture  "a castle at night, watercolour"',
      '  painted by sketch painter (stands in for Stable Diffusion)',
      '  with seed 7, steps 20',
      'made from',
      '└─ r-1  refined  "a castle at night, watercolour"',
      '     asked for: castle',
      '     improved by gpt-4 at example.org',
      '     because: a time of day',
      '   ├─ row-1  dataset  "prompt of row-1"  similarity 0.83',
      '   └─ row-3  dataset  "prompt of row-3"',
      'led to',
      '└─ r-2  refined  "again"',
    ])
  })

  it('names a parent that nobody knows, and shows no control characters', async () => {
    await putBatch(workspace, [
      { row: { id: 'r-9', prompt: `evil \u001b[31m ${'long '.repeat(50)}`, origin: 'refined', parents: ['lost'] } },
    ])
    const text = lineageText(await lineageOf(workspace, 'r-9'))
    expect(text).toContain('└─ lost  (not known here)')
    expect(text).not.toContain('\u001b')
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(140)
  })
})
