import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { callProgram } from '../../tests/program.double.ts'
import { keepReport } from '../benchmark/archive.ts'
import { cellReport, reportOf, trackReport } from '../benchmark/report/report.double.ts'
import { generatedId, refinedId } from '../feedback/inbox-row.ts'
import { printed } from './small-workspace.double.ts'

// Nothing was ever loaded here: whatever is kept or said must be safe all the same, and no database is made.
let folder: string
let workspace: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptloom-inbox-commands-'))
  workspace = join(folder, 'workspace')
  await mkdir(workspace)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  expect(await readdir(workspace)).not.toContain('store')
  await rm(folder, { recursive: true, force: true })
})

const call = (...args: string[]) => callProgram([...args, '--workspace', workspace])
const at = (name: string) => join(folder, name)
const REFINED = { prompt: 'a cat at dusk', asked: 'a cat', reason: 'light', refiner: 'gpt' }
const REFINED_ID = refinedId(REFINED.prompt, [])

async function ingested() {
  await writeFile(at('more.jsonl'), `${JSON.stringify(REFINED)}\n`)
  return call('ingest', at('more.jsonl'), '--json')
}

describe('where the collection was never loaded', () => {
  test('keep puts the picture into the inbox, says why it waits, and ends with 3', async () => {
    const picture = await sharp({ create: { width: 80, height: 80, channels: 3, background: 'olive' } })
      .png()
      .toBuffer()
    await writeFile(at('mine.png'), picture)
    const { code, stdout } = await call('keep', at('mine.png'), '--prompt', 'olives')
    expect(code).toBe(3)
    expect(stdout).toMatch(
      new RegExp(`^Kept as ${generatedId(picture)}: waiting\\.\\nIn the inbox; joins with the next run \\(`),
    )
    const { nodes } = printed(await call('lineage', generatedId(picture), '--json'))
    expect(nodes).toMatchObject([{ prompt: 'olives', origin: 'generated', parents: [] }])
  })

  test('ingest takes in what it can, keeps the rest with its reasons, and ends with 3', async () => {
    await writeFile(at('more.jsonl'), `${JSON.stringify(REFINED)}\nno JSON\n{"prompt":" "}\n`)
    const ended = await call('ingest', at('more.jsonl'), '--json')
    const { ledger, searchable, rejects } = printed(ended)
    expect([ended.code, searchable, ledger]).toMatchObject([3, false, { new: 1, malformed: 1, empty_prompt: 1 }])
    const told = (await readFile(rejects, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(told.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'malformed'],
      [3, 'empty_prompt'],
    ])
  })

  test('ingest knows what waits already, and with --again looks once more, to the same end', async () => {
    await ingested()
    expect(printed(await ingested()).ledger).toMatchObject({ known: 1 })
    const again = printed(await call('ingest', at('more.jsonl'), '--again', '--json'))
    expect(again.ledger).toMatchObject({ known: 1 })
    expect(await readdir(join(workspace, 'inbox'))).toHaveLength(1)
  })

  test('a row that waits can be rated, shown and forgotten by its id', async () => {
    await ingested()
    expect(await call('rate', REFINED_ID, '4')).toMatchObject({ code: 0, stdout: `Rated ${REFINED_ID}: 4 of 5.\n` })
    const shown = await call('lineage', REFINED_ID)
    expect(shown.stdout).toContain('asked for: a cat')
    const dry = printed(await call('forget', REFINED_ID, '--dry-run', '--json'))
    expect(dry).toEqual({ what: 'id', value: REFINED_ID, rows: [REFINED_ID], derived: [] })
    expect((await call('lineage', REFINED_ID)).stdout).toBe(shown.stdout)
  })

  test.each<[string, string[], string]>([
    ['rate', ['rate', 'nobody', '3'], 'nobody'],
    ['lineage', ['lineage', 'nobody'], 'nobody'],
    ['forget', ['forget', 'nobody', '--yes'], 'nobody'],
    ['forget without --yes', ['forget', 'nobody'], 'nobody'],
  ])('%s of an id that no row has is a mistake, and records nothing', async (_, args, id) => {
    await ingested()
    const { code, stdout, stderr } = await call(...args)
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(new RegExp(`"?${id}"?.*\\.$`, 'm'))])
    expect(await readdir(join(workspace, 'events')).catch(() => [])).toEqual([])
  })

  test.each(['0', '6', '2.5', '-1', 'five', ''])('rate refuses %j stars', async (stars) => {
    const { code, stderr } = await callProgram(['rate', '--workspace', workspace, '--', REFINED_ID, stars])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/a whole number from 1 to 5 is expected/)])
  })

  test.each<[string, string[]]>([
    ['neither an id nor a source', []],
    ['both', ['r-1', '--source', 'a.example']],
  ])('forget with %s is a mistake', async (_, args) => {
    expect(await call('forget', ...args, '--yes')).toMatchObject({
      code: 2,
      stderr: 'Name one thing to forget: the id of a row, an address, or a whole source with --source.\n',
    })
  })

  test('forget takes the name of a source for what rows say of themselves, not for a file', async () => {
    const { code, stderr } = await call('forget', '--source', 'a.example')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^This would forget 0 rows with the source "a\.example"/)])
  })

  test.each<[string, string[], RegExp]>([
    ['no path', ['ingest'], /missing required argument 'paths'/],
    ['an interval that is none', ['ingest', '.', '--watch', '--interval', 'often'], /a number is expected/],
    ['a file of another kind', ['ingest', 'package.json'], /package\.json/],
  ])('ingest with %s is a mistake', async (_, args, message) => {
    const { code, stderr } = await call(...args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
    expect(stderr).not.toMatch(/This is a bug/)
  })
})

describe.skipIf(process.platform !== 'linux')('report --open', () => {
  const RUN = '20261124T000000000-bbbb'

  /** A browser that writes down what it was asked to open. */
  async function browser() {
    const script = at('xdg-open')
    await writeFile(
      script,
      `#!/bin/sh\necho "$1" > ${at('opened.partial')} && mv ${at('opened.partial')} ${at('opened')}\n`,
    )
    await chmod(script, 0o755)
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  }

  test('opens the page of the report that it shows', async () => {
    await browser()
    await keepReport(
      workspace,
      RUN,
      {
        html: '',
        md: '',
        json: JSON.stringify(
          reportOf([trackReport({ cells: [cellReport({ effort: 'auto', recall: 0.99, p95: 8 })] })], { run: RUN }),
        ),
      },
      10,
    )
    const { code, stdout } = await call('report', '--open')
    expect([code, stdout]).toEqual([0, expect.stringContaining(RUN)])
    await vi.waitFor(async () => {
      expect(await readFile(at('opened'), 'utf8')).toBe(`${join(workspace, 'reports', `${RUN}.html`)}\n`)
    }, 10_000)
  })

  test('opens nothing where there is no report', async () => {
    await browser()
    expect((await call('report', '--open')).code).toBe(2)
    expect(await readdir(folder)).not.toContain('opened')
  })
})
