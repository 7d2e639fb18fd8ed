import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_INSTRUCTION, readInstruction } from './instruction.ts'

async function file(content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'instruction-')), 'mine.md')
  await writeFile(path, content)
  return path
}

test('the default instruction is there', async () => {
  expect(DEFAULT_INSTRUCTION).toMatch(/instruction\.md$/)
  expect(await readInstruction()).toContain("Keep the user's subject")
})

test("a user's own file is read as it is", async () => {
  expect(await readInstruction(await file('\n# Mine\nOnly haiku.\n'))).toBe('# Mine\nOnly haiku.')
})

test.each([
  ['an empty file', ' \n', 'is empty'],
  ['a file that is no instruction', 'x'.repeat(70_000), '70000 characters'],
])('%s is turned down by name', async (_, content, message) => {
  const path = await file(content)
  const error = await readInstruction(path).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ exitCode: 2 })
  expect((error as Error).message).toContain(path)
  expect((error as Error).message).toContain(message)
})

test('a missing file is turned down by name', async () => {
  await expect(readInstruction('/nowhere/mine.md')).rejects.toThrow(/\/nowhere\/mine\.md can't be read/)
})
