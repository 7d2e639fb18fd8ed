import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Calibration,
  calibrationPath,
  packReference,
  readCalibration,
  unpackReference,
  writeCalibration,
} from './calibration-file.ts'
import { unrelatedTexts } from './unrelated-texts.ts'

let workspace: string
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-calibration-'))
})
afterAll(() => rm(workspace, { recursive: true, force: true }))

const calibration: Calibration = {
  version: 1,
  model: 'm1',
  tables: { prompts: { rows: 2, dimension: 2, reference: packReference(Float32Array.of(1, 0, 0.5, -2)) } },
  routes: [],
}

describe('the file of a calibration', () => {
  it('comes back as it was written, vectors to the bit', async () => {
    const path = await writeCalibration(workspace, calibration)
    expect(path).toBe(calibrationPath(workspace, 'm1'))
    const read = await readCalibration(workspace, 'm1')
    expect(read).toEqual(calibration)
    expect([...unpackReference(read?.tables.prompts?.reference ?? '')]).toEqual([1, 0, 0.5, -2])
    expect(await readdir(dirname(path))).toHaveLength(1)
  })
  it('is not there for another model', async () => {
    expect(await readCalibration(workspace, 'm2')).toBeUndefined()
  })
  it('is not taken when it is damaged, of another version, or says it is of another model', async () => {
    for (const text of ['{"version": 1', '{"version": 2}', JSON.stringify({ ...calibration, model: 'm3' })]) {
      await writeFile(calibrationPath(workspace, 'm1'), text)
      expect(await readCalibration(workspace, 'm1')).toBeUndefined()
    }
  })
  it('cannot be written wrong', async () => {
    await expect(writeCalibration(workspace, { ...calibration, version: 3 as never })).rejects.toThrow()
  })
})

describe('unrelated questions', () => {
  it('are the same each time, all different, words and gibberish in turns', () => {
    const texts = unrelatedTexts(120)
    expect(texts).toEqual(unrelatedTexts(120))
    expect(new Set(texts).size).toBe(120)
    const sentences = (half: number) => texts.filter((text, at) => at % 2 === half && /[A-Z0-9.?]/.test(text)).length
    expect(Math.abs(sentences(0) - sentences(1))).toBeLessThan(8)
  })
})
