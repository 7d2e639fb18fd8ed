import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { putBatch } from '../feedback/inbox.ts'
import { requireRows } from './row-presence.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-presence-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

test('a row may wait in the inbox', async () => {
  await putBatch(workspace, [{ row: { id: 'r-1', prompt: 'a cat', origin: 'refined' } }])
  await expect(requireRows(workspace, ['r-1'])).resolves.toBeUndefined()
})

test('one that is not there is named', async () => {
  await putBatch(workspace, [{ row: { id: 'r-1', prompt: 'a cat', origin: 'refined' } }])
  await expect(requireRows(workspace, ['r-1', 'r-2', 'r-3'])).rejects.toMatchObject({
    exitCode: 2,
    message: `No row of ${workspace} has the id "r-2"; copy it from the output of promptloom search --json.`,
  })
})

test('nothing is wanted of a workspace that is not there where no row is named', async () => {
  await expect(requireRows(join(workspace, 'nowhere'), [])).resolves.toBeUndefined()
  await expect(requireRows(join(workspace, 'nowhere'), ['x'])).rejects.toMatchObject({ exitCode: 2 })
})
