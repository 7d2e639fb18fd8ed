import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StageContext } from '@promptloom/runner/stage'
import { calibrationPath } from '@promptloom/search/calibration/calibration-file'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CALIBRATION, calibrationShard, readCutoffs } from './calibration-shard.ts'
import { type BenchmarkOptions, benchmarkOptions } from './options.ts'
import type { Survey } from './session.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-cutoffs-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

function planned({ text = 0, image = 0, model = 'm1', options = {} }: Plan) {
  const context = {
    workspace,
    options: benchmarkOptions.parse({ model: workspace, ...options }),
    upstream: () => (model === '' ? [] : [{ facts: { model } }]),
  } as unknown as StageContext<BenchmarkOptions>
  const table = (rows: number) => (rows === 0 ? undefined : { rows, dimension: 2, digest: 'd', index: 'built' })
  return calibrationShard(context, { tables: { text: table(text), image: table(image) } } as unknown as Survey)
}
interface Plan {
  readonly text?: number
  readonly image?: number
  readonly model?: string
  readonly options?: Partial<BenchmarkOptions>
}

test('is done once a model, and again once a table has grown by a fifth', () => {
  const first = planned({ text: 1000, image: 500 })
  expect(first).toMatchObject({ name: CALIBRATION, rows: 0, facts: { model: 'm1' } })
  expect(planned({ text: 1010, image: 505 })?.facts).toEqual(first?.facts)
  expect(planned({ text: 1250, image: 500 })?.facts).not.toEqual(first?.facts)
  expect(planned({ text: 1000, image: 620 })?.facts).not.toEqual(first?.facts)
  expect(planned({ text: 1000, image: 500, model: 'm2' })?.facts).not.toEqual(first?.facts)
})

test('is done again when somebody removed the cut-offs', async () => {
  expect(planned({ text: 1000 })?.stale).toBe('the cut-offs are gone')
  const path = calibrationPath(workspace, 'm1')
  await mkdir(dirname(path))
  await writeFile(path, '{}')
  expect(planned({ text: 1000 })).not.toHaveProperty('stale')
})

test('is left out where nothing can be asked: without model, with few rows, or when told so', () => {
  expect(planned({ text: 1000, model: '' })).toBeUndefined()
  expect(planned({ text: 1000, options: { model: join(workspace, 'nowhere') } })).toBeUndefined()
  expect(planned({ text: 49, image: 10 })).toBeUndefined()
  expect(planned({ text: 1000, options: { calibrate: false } })).toBeUndefined()
})

test('a file of something else is not taken for cut-offs', async () => {
  const path = join(workspace, 'cutoffs.jsonl')
  await writeFile(path, '[]\n')
  expect(await readCutoffs(path)).toEqual([])
  await writeFile(path, '[{"route":"text→prompts"}]\n')
  await expect(readCutoffs(path)).rejects.toThrow()
})
