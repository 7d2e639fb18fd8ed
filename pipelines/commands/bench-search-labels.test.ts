import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { labelsOf } from './bench-search-labels.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-labels-'))
  await writeFile(join(folder, 'meta.csv'), 'artist,id,category\nKlimt,a,"Painting, Vienna"\n ,b,"Comic, USA"\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const row = (id: string, prompt = '') => ({ id, prompt })

describe('labels of rows', () => {
  test('are none where none are asked for', async () => {
    expect(await labelsOf({})).toBeUndefined()
  })

  test('are what the pattern’s first group takes out of the prompt, whatever the case', async () => {
    const labelOf = await labelsOf({ label: 'STYLE of ([^,]+)' })
    expect(labelOf?.(row('a', 'style of Louis Wain , cat'))).toBe('louis wain')
    expect(labelOf?.(row('a', 'a cat'))).toBeUndefined()
  })

  test('are a column of a file by the row’s id, whole or what the pattern takes of it', async () => {
    const labels = (column: string) => `${join(folder, 'meta.csv')}:${column}`
    const whole = await labelsOf({ labels: labels('artist') })
    expect([row('a'), row('b'), row('c')].map((one) => whole?.(one))).toEqual(['klimt', undefined, undefined])
    const first = await labelsOf({ labels: labels('category'), label: '^([^,]+)' })
    expect([row('a'), row('b'), row('c')].map((one) => first?.(one))).toEqual(['painting', 'comic', undefined])
  })

  test.each([
    [{ label: '(' }, /--label is "\(", which is no regular expression; write one like "style of/],
    [{ label: 'style of' }, /--label is "style of", which has no group that takes the label/],
    [{ labels: 'meta.csv' }, /--labels is "meta.csv"; write a CSV file and a column of it/],
    [{ labels: '/nowhere/meta.csv:artist' }, /There is no file \/nowhere\/meta.csv for --labels/],
  ])('refuses %j', async (flags, message) => {
    await expect(labelsOf(flags)).rejects.toThrow(message)
    await expect(labelsOf(flags)).rejects.toMatchObject({ exitCode: 2 })
  })

  test('refuses a column that the file has not, and names those that it has', async () => {
    const labels = `${join(folder, 'meta.csv')}:artists`
    await expect(labelsOf({ labels })).rejects.toThrow(/no column "artists".*nearest is "artist"/)
  })
})
