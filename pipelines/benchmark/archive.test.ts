import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepReport, readReport, readReports, reportFolder, reportNames } from './archive.ts'
import { reportOf } from './report/report.double.ts'

let workspace: string
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'promptloom-reports-'))
})
afterEach(() => rm(workspace, { recursive: true, force: true }))

async function keep(run: string, kept = 10): Promise<void> {
  const json = JSON.stringify(reportOf([], { run }))
  await keepReport(workspace, run, { html: `<p>${run}`, md: `# ${run}`, json }, kept)
}

test('keeps each report in three forms, the newest also under a name that never changes', async () => {
  await keep('20261123T000000000-aaaa')
  await keep('20261124T000000000-bbbb')
  expect((await readReport(workspace)).run).toBe('20261124T000000000-bbbb')
  expect((await readReport(workspace, '20261123')).run).toBe('20261123T000000000-aaaa')
  expect((await readReports(workspace)).map(({ run }) => run)).toEqual(await reportNames(workspace))
  expect(await readdir(reportFolder(workspace))).toHaveLength(9)
})

test('deletes the oldest beyond the wanted number, all forms of them', async () => {
  for (const day of [1, 2, 3, 4]) await keep(`2026112${day}T000000000-aaaa`, 2)
  expect(await reportNames(workspace)).toEqual(['20261123T000000000-aaaa', '20261124T000000000-aaaa'])
  expect(await readdir(reportFolder(workspace))).toHaveLength(9)
})

test('says what there is where a report is asked for that there is not', async () => {
  await expect(readReport(workspace)).rejects.toThrow(/has no report yet; promptloom run makes one/)
  await keep('20261123T000000000-aaaa')
  await keep('20261124T000000000-bbbb')
  await expect(readReport(workspace, '2025')).rejects.toThrow(
    /no report of a run "2025"; there are 20261123T000000000-aaaa, /,
  )
  await expect(readReport(workspace, '2026')).rejects.toThrow(/"2026" begins 2 runs/)
})

test('passes over a damaged report in the history, and refuses it when it is asked for', async () => {
  await keep('20261123T000000000-aaaa')
  await writeFile(join(reportFolder(workspace), '20261124T000000000-bbbb.json'), '{"format":')
  expect(await readReports(workspace)).toHaveLength(1)
  await expect(readReport(workspace)).rejects.toThrow(/cannot be read by this version/)
})

test('a report is found by any beginning of its run that is its own', async () => {
  for (const run of ['20261124T0600-aaaa', '20261124T0700-bbbb', '20261125T0600-cccc']) await keep(run)
  expect((await readReport(workspace)).run).toBe('20261125T0600-cccc')
  expect((await readReport(workspace, '20261124T07')).run).toBe('20261124T0700-bbbb')
  await expect(readReport(workspace, '20261124')).rejects.toMatchObject({
    exitCode: 2,
    message: '"20261124" begins 2 runs: 20261124T0600-aaaa, 20261124T0700-bbbb; give more of it.',
  })
  await expect(readReport(workspace, 'latest')).rejects.toThrow(
    'There is no report of a run "latest"; there are 20261124T0600-aaaa, 20261124T0700-bbbb, 20261125T0600-cccc.',
  )
})
