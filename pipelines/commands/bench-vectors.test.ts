import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { main } from '../cli.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom bench vectors-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

async function vectors(...args: string[]) {
  const errors: string[] = []
  vi.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(text))
  const code = await main(['bench', 'vectors', ...args])
  return { code, errors: errors.join('\n') }
}

describe('an export is refused before any work where its file', () => {
  test('would be a folder, or is named like another form', async () => {
    await mkdir(join(folder, 'set'))
    for (const name of ['set', 'set.parquet']) {
      const { code, errors } = await vectors('--export', join(folder, name), '--force')
      expect({ code, errors }).toEqual({ code: 2, errors: expect.stringMatching(/writes one file of HDF5.*\.hdf5\.$/) })
    }
  })

  test('is there already, which stays as it is', async () => {
    const path = join(folder, 'set.hdf5')
    await writeFile(path, 'precious')
    expect(await vectors('--export', path)).toEqual({ code: 2, errors: expect.stringMatching(/say --force/) })
    expect(await readFile(path, 'utf8')).toBe('precious')
  })

  test('would be in a folder that is missing', async () => {
    const { code, errors } = await vectors('--export', join(folder, 'missing', 'set.hdf5'))
    expect({ code, errors }).toEqual({
      code: 2,
      errors: expect.stringMatching(/^There is no folder .*missing to write/),
    })
    expect(await readdir(folder)).toEqual([])
  })
})

test('no file to measure and none to write is the user’s mistake, and so is a table of another name', async () => {
  expect(await vectors()).toEqual({
    code: 2,
    errors: expect.stringMatching(/Name a file to measure, or give --export/),
  })
  const other = await vectors('--table', 'sound', '--export', join(folder, 'set.hdf5'))
  expect(other).toEqual({ code: 2, errors: expect.stringMatching(/--table is "sound"; it must be text or image/) })
})
