import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { FOLDERS, SAMPLE_ORIGIN, sampleCsv, samplePictures, uuidFor } from './collection.ts'

const committed = fileURLToPath(new URL('../../data/sample/prompts.csv', import.meta.url))

/** Values of each record; the collection has no line breaks but in quotes. */
function records(csv: string): string[][] {
  const lines = csv.trimEnd().match(/(?:"(?:[^"]|"")*"|[^"\n])+/g) ?? []
  return lines.map((line) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
      .slice(0, 7)
      .map(([, value = '']) => (value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value)),
  )
}

test('the committed file is what the code writes', async () => {
  expect(await readFile(committed, 'utf8')).toBe(sampleCsv())
})

test('has the columns of the Kaggle file, an unnamed index first', () => {
  const [header, ...rows] = records(sampleCsv())
  expect(header).toEqual(['', 'id', 'prompt', 'url', 'width', 'height', 'source_site'])
  expect(rows).toHaveLength(1000)
  expect(rows.map(([index]) => index)).toEqual(rows.map((_, index) => String(index)))
  for (const row of rows) expect(row).toHaveLength(7)
})

test('has repeats, dead links and broken rows, and mostly good ones', () => {
  const rows = records(sampleCsv()).slice(1)
  const pictures = samplePictures()
  const hosted = rows.filter(([, , , url = '']) => pictures.has(url.replace(SAMPLE_ORIGIN, '')))
  const dead = rows.filter(([, , , url = '']) => url && !pictures.has(url.replace(SAMPLE_ORIGIN, '')))
  expect(dead).toHaveLength(20)
  expect(hosted.length).toBeGreaterThan(970)
  const prompts = rows.map(([, , prompt = '']) => prompt.toLowerCase())
  expect(new Set(prompts).size).toBeLessThan(980)
  expect(new Set(rows.map(([, , , url]) => url)).size).toBeLessThan(995)
  expect(rows.filter(([, id]) => id === '')).toHaveLength(1)
  expect(new Set(rows.map(([, id]) => id)).size).toBe(998)
  expect(rows.filter(([, , prompt = '']) => prompt.trim() === '')).toHaveLength(4)
  expect(rows.filter(([, , , , width]) => width === 'wide')).toHaveLength(2)
  expect(prompts.some((prompt) => prompt.includes('\n'))).toBe(true)
  expect(prompts.some((prompt) => prompt.includes('傑作'))).toBe(true)
})

test('the host has something under every folder', () => {
  const folders = new Set([...samplePictures().keys()].map((path) => path.split('/')[1]))
  expect(folders).toEqual(new Set(Object.values(FOLDERS)))
})

test('ids are UUIDs of version 8 that depend on the name alone', () => {
  expect(uuidFor('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuidFor('a')).toBe(uuidFor('a'))
  expect(uuidFor('a')).not.toBe(uuidFor('b'))
})

test('a smaller collection keeps its faults in proportion', () => {
  expect(records(sampleCsv(100))).toHaveLength(101)
  expect(samplePictures(100).size).toBeLessThan(100)
})
